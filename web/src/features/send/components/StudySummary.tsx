import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';

import type { Preview } from '../hooks/usePreview';
import type { StudyFormState } from '../hooks/useStudyForm';
import type { ScannedStudy } from '../scan/types';
import { compactDate } from '../study/dates';
import { StudyPreview } from './StudyPreview';

interface Props {
  study: ScannedStudy;
  state: StudyFormState;
  preview: Preview;
  name: string;
  titleId: string;
}

/** Whose study it is and what it has, as the form has it now. */
export function StudySummary({ study, state, preview, name, titleId }: Props) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const { values } = state;
  const day = (iso: string) => format.dicomDate(compactDate(iso));
  const counted = (count: number) => ({ count, formatted: format.count(count) });
  const person = [
    values.patient_id && t('study.id', { id: values.patient_id }),
    values.patient_birth_date && t('study.born', { date: day(values.patient_birth_date) }),
  ];
  const content = [
    t('study.series', counted(study.series.length)),
    t('study.images', counted(imagesOf(study))),
    format.bytes(study.size),
  ];

  return (
    <div className="flex min-w-0 grow items-start gap-3 sm:gap-4">
      <StudyPreview preview={preview} />
      <div className="flex min-w-0 flex-col gap-1">
        <h3 id={titleId} className="text-lg font-semibold break-words">
          <bdi>{name}</bdi>
        </h3>
        <Line parts={person} className="text-sm text-muted" />
        <Line
          parts={[values.modality, day(values.study_date), values.study_description]}
          className="text-sm"
        />
        <Line parts={content} className="text-sm text-muted tabular-nums" />
      </div>
    </div>
  );
}

/** Parts of a line, each kept from rearranging the others whatever its script. */
function Line({ parts, className }: { parts: string[]; className: string }) {
  const shown = parts.filter(Boolean);
  if (shown.length === 0) return null;
  return (
    <p className={className}>
      {shown.map((part, index) => (
        <span key={index} className="break-words">
          {index > 0 && ' · '}
          <bdi>{part}</bdi>
        </span>
      ))}
    </p>
  );
}

/** Frames count as images; what has no pixels, such as a report, does not. */
function imagesOf({ series }: ScannedStudy): number {
  return series.flatMap(({ files }) => files).reduce((sum, { frames }) => sum + frames, 0);
}
