import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm, type Form } from '@/shared/hooks/useForm';

import {
  changeDestination,
  createDestination,
  fetchDestination,
  isStale,
  type Destination,
} from '../api';
import { changeOf, changesTls, newOf, type Marks, type Texts, type Values } from '../values';

const OPTIONAL = [
  'username',
  'password',
  'calling_ae_title',
  'ca',
  'certificate',
  'key',
  'modalities',
  'stations',
] as const;

export interface DestinationForm extends Form<keyof Texts> {
  marks: Marks;
  mark: (changes: Partial<Marks>) => void;
  isChanged: boolean;
  /** What somebody else has made of it since it was opened. */
  conflict: Destination | null;
  /** Save once more, in the place of what somebody else has made of it. */
  saveOver: (seen: Destination) => void;
}

/** A destination that is being made or changed. */
export function useDestinationForm(
  destination: Destination | null,
  initial: Values,
  onSaved: (saved: Destination) => void,
): DestinationForm {
  const { t } = useTranslation('destinations');
  const [marks, setMarks] = useState(initial.marks);
  const [conflict, setConflict] = useState<Destination | null>(null);
  const seen = useRef(destination);

  const form = useForm<keyof Texts>({
    initial: initial.texts,
    optional: OPTIONAL,
    places: {
      'destination-name-taken': 'name',
      'destination-address-wrong': 'address',
      'credentials-required': 'password',
    },
    check: (texts) => {
      const count = Number(texts.concurrency);
      const isCount = Number.isInteger(count) && count >= 1 && count <= 64;
      const lacksKey =
        texts.certificate.trim() !== '' &&
        texts.key === '' &&
        (!destination || changesTls({ texts, marks }, destination));
      return {
        ...(!isCount && { concurrency: t('form.concurrencyWrong') }),
        ...(lacksKey && { key: t('form.keyAgain') }),
      };
    },
    send: async (texts) => {
      setConflict(null);
      const outcome = await save(seen.current, { texts, marks });
      if (outcome.other) setConflict(outcome.other);
      else onSaved(outcome.saved);
    },
  });
  const names = Object.keys(initial.texts) as (keyof Texts)[];
  return {
    ...form,
    marks,
    mark: (changes) => setMarks((before) => ({ ...before, ...changes })),
    isChanged:
      names.some((name) => form.values[name] !== initial.texts[name]) ||
      JSON.stringify(marks) !== JSON.stringify(initial.marks),
    conflict,
    saveOver: (other) => {
      seen.current = other;
      form.form.ref.current?.requestSubmit();
    },
  };
}

type Outcome = { saved: Destination; other: null } | { saved: null; other: Destination };

/** Save it, or return what is there instead where somebody else has changed it. */
async function save(seen: Destination | null, values: Values): Promise<Outcome> {
  if (!seen) return { saved: await createDestination(newOf(values)), other: null };
  try {
    return { saved: await changeDestination(seen, changeOf(values, seen)), other: null };
  } catch (error) {
    if (!isStale(error)) throw error;
    return { saved: null, other: await fetchDestination(seen.id) };
  }
}
