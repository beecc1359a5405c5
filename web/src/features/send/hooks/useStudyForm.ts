import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm, type Form } from '@/shared/hooks/useForm';

import type { ScannedStudy } from '../scan/types';
import type { FallbackCode } from '../study/announce';
import { announceAnswer } from '../study/asked';
import { compactDate, isoDate } from '../study/dates';
import { findings, type Finding } from '../study/findings';
import { metadataOf, type StudyForm } from '../study/form';
import type { ReadyStudy } from '../study/ready';
import { useEarlierUploads } from './useEarlierUploads';
import { useSelection } from './useSelection';

export type StudyField = keyof StudyForm;

const ASKED_FOR: readonly StudyField[] = ['patient_name', 'study_date', 'modality'];
const OPTIONAL: readonly StudyField[] = [
  'patient_id',
  'patient_birth_date',
  'patient_sex',
  'clinical_history',
  'accession_number',
  'referring_physician',
  'study_description',
  'body_part',
];

export interface StudyFormState extends Form<StudyField> {
  /** What was filled in although the files do not say it so. */
  fallbacks: FallbackCode[];
  /** What to know before the study is sent, as the form stands. */
  findings: Finding[];
  /** Whether the part of the form that the files fill in is unfolded. */
  open: boolean;
  toggle: () => void;
}

/** The form about a study, filled in from its files, and what there is to say about it. */
export function useStudyForm(study: ScannedStudy, preview: Blob | null): StudyFormState {
  const { asked, scan, defaultServiceLevel, freeBytes, send, register } = useSelection();
  const { metadata, fallbacks } = useMemo(() => announceAnswer(study, asked), [study, asked]);
  const [open, setOpen] = useState(scan.studies.length === 1 || fallbacks.length > 0);
  // That a part of it was sent before is why there is more to be sent.
  const earlier = useEarlierUploads(asked ? null : study.uid);
  const wrongDays = useWrongDays();

  const readyWith = (values: StudyForm): ReadyStudy => ({
    study,
    metadata: metadataOf(study, values),
    preview,
    reportId: asked?.id ?? null,
  });
  const { form, ...state } = useForm<StudyField>({
    initial: { ...metadata, service_level: defaultServiceLevel, clinical_history: '' },
    optional: OPTIONAL,
    check: (values) => wrongDays(values as StudyForm),
    send: (values) => send([readyWith(values as StudyForm)]),
  });
  const values = state.values as StudyForm;

  /** What has to change lies in the part that may be folded away, where nobody could be led to it. */
  const unfoldIfWrong = () => {
    const missing = ASKED_FOR.some((name) => !values[name].trim());
    if (missing || Object.keys(wrongDays(values)).length > 0) setOpen(true);
  };

  const prepare = useEffectEvent(() => {
    unfoldIfWrong();
    return state.validate() ? readyWith(values) : null;
  });
  useEffect(() => register(study.uid, () => prepare()), [register, study.uid]);

  return {
    ...state,
    form: {
      ...form,
      onSubmit: (event) => {
        unfoldIfWrong();
        form.onSubmit(event);
      },
    },
    fallbacks,
    findings: findings(study, values, { earlier, freeBytes }),
    open,
    toggle: () => setOpen(!open),
  };
}

type Wrong = Partial<Record<StudyField, string>>;

function useWrongDays(): (form: StudyForm) => Wrong {
  const { t } = useTranslation('pick');
  return ({ study_date: studyDate, patient_birth_date: birthDate }) => {
    const wrong: Wrong = {};
    if (studyDate && !compactDate(studyDate)) wrong.study_date = t('form.notADay');
    if (birthDate && !compactDate(birthDate)) wrong.patient_birth_date = t('form.notADay');
    else if (birthDate > isoDate(new Date())) wrong.patient_birth_date = t('form.future');
    return wrong;
  };
}
