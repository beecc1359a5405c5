import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import type { Form } from '@/shared/hooks/useForm';
import { Field } from '@/shared/ui/Field';
import { Select } from '@/shared/ui/Select';
import { TextArea } from '@/shared/ui/TextArea';

import { useModalityName } from '../hooks/useModalityName';
import { BODY_PARTS, LIMITS, MODALITIES, type Values } from '../words';

const TEXTS = [
  ['findings', 10],
  ['impression', 4],
  ['recommendation', 2],
] as const;

/** What a template is called, what it is for, and what it says. */
export function TemplateFields({ field }: Pick<Form<keyof Values>, 'field'>) {
  const { t } = useTranslation('templates');
  const nameOf = useModalityName();
  const terms = useId();
  return (
    <>
      <Field label={t('form.name')} dir="auto" maxLength={LIMITS.name} {...field('name')} />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Select label={t('form.modality')} {...field('modality')}>
          {[null, ...MODALITIES].map((modality) => (
            <option key={modality} value={modality ?? ''}>
              {nameOf(modality)}
            </option>
          ))}
        </Select>
        <Field
          label={t('form.bodyPart')}
          hint={t('form.bodyPartHint')}
          list={terms}
          dir="ltr"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={LIMITS.body_part}
          {...field('body_part')}
        />
        <datalist id={terms}>
          {BODY_PARTS.map((term) => (
            <option key={term} value={term} />
          ))}
        </datalist>
      </div>
      {TEXTS.map(([name, rows]) => (
        <TextArea
          key={name}
          label={t(`form.${name}`)}
          dir="auto"
          rows={rows}
          maxLength={LIMITS[name]}
          {...field(name)}
        />
      ))}
    </>
  );
}
