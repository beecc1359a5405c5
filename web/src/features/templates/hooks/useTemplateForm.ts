import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm, type Form } from '@/shared/hooks/useForm';

import {
  changeTemplate,
  createTemplate,
  fetchTemplates,
  isStale,
  type Template,
  type Words,
} from '../api';
import { isBodyPart, says, wordsOf, type Values } from '../words';

interface TemplateForm extends Form<keyof Values> {
  isChanged: boolean;
  /** What somebody else has made of it since it was opened. */
  conflict: Template | null;
  /** Save once more, in the place of what somebody else has made of it. */
  saveOver: (seen: Template) => void;
}

/** A template that is being written: one that is there, or a new one with these values. */
export function useTemplateForm(
  template: Template | null,
  initial: Values,
  onSaved: () => void,
): TemplateForm {
  const { t } = useTranslation('templates');
  const [conflict, setConflict] = useState<Template | null>(null);
  const seen = useRef(template);

  const form = useForm({
    initial,
    optional: ['modality', 'body_part', 'findings', 'impression', 'recommendation'],
    places: { 'template-name-taken': 'name' },
    check: ({ body_part: bodyPart }) =>
      isBodyPart(bodyPart) ? {} : { body_part: t('form.bodyPartWrong') },
    send: async (values) => {
      setConflict(null);
      const other = await save(seen.current, wordsOf(values));
      setConflict(other);
      if (!other) onSaved();
    },
  });
  const names = Object.keys(initial) as (keyof Values)[];
  return {
    ...form,
    isChanged: names.some((name) => form.values[name] !== initial[name]),
    conflict,
    saveOver: (other) => {
      seen.current = other;
      form.form.ref.current?.requestSubmit();
    },
  };
}

/** Save it. Returns what is there instead where somebody else has changed it, unless that is the same. */
async function save(template: Template | null, words: Words): Promise<Template | null> {
  if (!template) {
    await createTemplate(words);
    return null;
  }
  try {
    await changeTemplate(template, words);
    return null;
  } catch (error) {
    if (!isStale(error)) throw error;
    const now = (await fetchTemplates()).find(({ id }) => id === template.id);
    if (!now) throw error;
    return says(now, words) ? null : now; // the same: an answer to an earlier attempt was lost
  }
}
