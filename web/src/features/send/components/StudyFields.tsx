import { Clock, Microscope, Siren, Zap } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Disclosure } from '@/shared/ui/Disclosure';
import { Field } from '@/shared/ui/Field';
import { RadioCards } from '@/shared/ui/RadioCards';
import { Select } from '@/shared/ui/Select';
import { TextArea } from '@/shared/ui/TextArea';

import type { StudyFormState } from '../hooks/useStudyForm';
import { NAME_LENGTH, TEXT_LENGTH } from '../study/announce';
import { isoDate } from '../study/dates';
import { HISTORY_LENGTH } from '../study/form';
import { SERVICE_LEVELS } from '../study/serviceLevels';
import { FindingList } from './FindingList';
import { ModalityOptions } from './ModalityOptions';

const ICONS = { stat: Zap, emergency: Siren, routine: Clock, subspecialty: Microscope };
const SEXES = ['F', 'M', 'O'] as const;

interface Props {
  state: StudyFormState;
}

/** The fields about a study: first what only a person knows, then what the files say. */
export function StudyFields({ state }: Props) {
  const { t } = useTranslation('pick');
  const { open, toggle } = state;
  return (
    <>
      <ServiceLevelField state={state} />
      <HistoryField state={state} />
      <Disclosure label={t('form.details')} open={open} onToggle={toggle}>
        <PatientFields state={state} />
        <MoreFields state={state} />
      </Disclosure>
    </>
  );
}

function ServiceLevelField({ state }: Props) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const { name, value, onChange } = state.field('service_level');
  const cards = SERVICE_LEVELS.map(({ level, hours }) => ({
    value: level,
    label: t(`form.level.${level}`),
    detail: t('form.within', { count: hours, formatted: format.count(hours) }),
    icon: ICONS[level],
  }));
  return (
    <RadioCards
      legend={t('form.serviceLevel')}
      name={name}
      value={value}
      cards={cards}
      onChange={onChange}
    />
  );
}

function HistoryField({ state }: Props) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const field = state.field('clinical_history');
  const used = format.count(field.value.length);
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        label={t('form.history')}
        hint={
          <span className="flex flex-wrap justify-between gap-x-4">
            <span>{t('form.historyHint')}</span>
            <span className="tabular-nums">
              {t('form.counter', { used, limit: format.count(HISTORY_LENGTH) })}
            </span>
          </span>
        }
        maxLength={HISTORY_LENGTH}
        rows={3}
        {...field}
      />
      {/* Here rather than above the form, which would move under the finger that chooses STAT. */}
      <div role="status">
        <FindingList findings={state.findings.filter(({ code }) => code === 'missingHistory')} />
      </div>
    </div>
  );
}

function PatientFields({ state: { field } }: Props) {
  const { t } = useTranslation('pick');
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label={t('form.patientName')}
        hint={t('form.patientNameHint')}
        maxLength={NAME_LENGTH}
        {...plain}
        {...field('patient_name')}
      />
      <Field
        label={t('form.patientId')}
        maxLength={TEXT_LENGTH}
        {...plain}
        {...field('patient_id')}
      />
      <Field
        label={t('form.birthDate')}
        type="date"
        max={isoDate(new Date())}
        {...field('patient_birth_date')}
      />
      <Select label={t('form.sex')} {...field('patient_sex')}>
        <option value="">{t('form.sexOf.unknown')}</option>
        {SEXES.map((sex) => (
          <option key={sex} value={sex}>
            {t(`form.sexOf.${sex}`)}
          </option>
        ))}
      </Select>
      <Field label={t('form.studyDate')} type="date" {...field('study_date')} />
      <Select label={t('form.modality')} {...field('modality')}>
        <ModalityOptions />
      </Select>
    </div>
  );
}

/** Names and numbers of patients: nothing to correct, and nothing for the browser to remember. */
const plain = { autoComplete: 'off', spellCheck: false } as const;

function MoreFields({ state: { field } }: Props) {
  const { t } = useTranslation('pick');
  const [open, setOpen] = useState(false);
  return (
    <Disclosure label={t('form.more')} open={open} onToggle={() => setOpen(!open)}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={t('form.accessionNumber')}
          maxLength={TEXT_LENGTH}
          {...plain}
          {...field('accession_number')}
        />
        <Field
          label={t('form.referringPhysician')}
          maxLength={NAME_LENGTH}
          {...plain}
          {...field('referring_physician')}
        />
        <Field
          label={t('form.studyDescription')}
          maxLength={TEXT_LENGTH}
          {...plain}
          {...field('study_description')}
        />
        <Field
          label={t('form.bodyPart')}
          maxLength={TEXT_LENGTH}
          {...plain}
          {...field('body_part')}
        />
      </div>
    </Disclosure>
  );
}
