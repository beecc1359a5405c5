import { FileText } from 'lucide-react';
import { Fragment, memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { ageOn } from '@/shared/format/ages';
import { personName } from '@/shared/format/personName';
import { useFormat } from '@/shared/format/useFormat';
import { PatientName } from '@/shared/ui/PatientName';
import { ServiceLevel } from '@/shared/ui/ServiceLevel';
import { TableCell, TableRow } from '@/shared/ui/Table';
import { classes } from '@/shared/ui/classes';

import type { Study } from '../api';

import { DueTime } from './DueTime';
import { ReadingState } from './ReadingState';
import { RowActions, type Deed } from './RowActions';

export const WORKLIST_COLUMNS =
  'lg:grid-cols-[9.5rem_minmax(0,1.5fr)_minmax(0,1.6fr)_8rem_minmax(0,1.1fr)_minmax(0,1.4fr)]';

interface Props {
  study: Study;
  index: number;
  now: Date;
  /** The Tab key leads to this row, and from there to what can be done with it. */
  isCurrent: boolean;
  onAsk: (deed: Deed, study: Study) => void;
}

/** One study of the worklist; the whole row opens it. */
export const WorklistRow = memo(function WorklistRow({
  study,
  index,
  now,
  isCurrent,
  onAsk,
}: Props) {
  const format = useFormat();
  return (
    <TableRow
      template={WORKLIST_COLUMNS}
      index={index}
      rowKey={study.id}
      className={classes(
        'flex flex-wrap items-center gap-x-4 gap-y-2 border-s-4 ps-3 hover:bg-sunken has-focus-visible:bg-sunken',
        'outline-focus has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2',
        study.service_level === 'stat' ? 'border-s-critical' : 'border-s-transparent',
      )}
    >
      <TableCell className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm max-lg:basis-full lg:flex-col lg:items-start">
        <ServiceLevel level={study.service_level} />
        <DueTime study={study} now={now} />
      </TableCell>
      <TableCell className="max-lg:basis-full">
        <Link
          to={`/reports/${study.id}`}
          tabIndex={isCurrent ? 0 : -1}
          className="line-clamp-2 scroll-my-24 font-semibold break-words text-ink outline-none after:absolute after:inset-0 hover:underline"
        >
          <PatientName name={study.patient_name} />
        </Link>
        <Person study={study} />
      </TableCell>
      <TableCell className="max-lg:basis-full">
        <StudyFacts study={study} />
      </TableCell>
      <TableCell className="text-sm">
        <p>
          <bdi>{format.dicomDate(study.study_date)}</bdi>
        </p>
        <Images study={study} />
      </TableCell>
      <TableCell className="text-sm">
        <p className="line-clamp-2 break-words">
          <bdi>{study.site_name}</bdi>
        </p>
        {study.referring_physician && (
          <p className="line-clamp-1 break-words text-muted">
            <bdi>{personName(study.referring_physician)}</bdi>
          </p>
        )}
      </TableCell>
      <TableCell className="flex flex-wrap items-center gap-x-3 gap-y-1 max-lg:basis-full">
        <ReadingState study={study} now={now} />
        <RowActions study={study} now={now} isCurrent={isCurrent} onAsk={onAsk} />
      </TableCell>
    </TableRow>
  );
});

const SEXES = ['F', 'M', 'O'] as const;

/** ID, sex, and the age at the time of the study. */
function Person({ study }: { study: Study }) {
  const { t } = useTranslation('worklist');
  const format = useFormat();
  const sex = SEXES.find((known) => known === study.patient_sex);
  const age = ageOn(study.patient_birth_date, study.study_date);
  const facts = [
    sex && t(`sex.${sex}`),
    age && format.age(age),
    study.patient_id && t('id', { id: study.patient_id }),
  ].filter(Boolean);
  return (
    <p className="text-sm text-muted">
      {facts.map((fact, place) => (
        <Fragment key={fact}>
          {place > 0 && ' · '}
          <bdi className="inline-block max-w-full break-words">{fact}</bdi>
        </Fragment>
      ))}
    </p>
  );
}

function StudyFacts({ study }: { study: Study }) {
  const { t } = useTranslation('worklist');
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2 text-sm">
        <bdi className="font-semibold">{study.modality}</bdi>
        {study.body_part && <bdi>{study.body_part}</bdi>}
        {study.has_history && (
          <span className="inline-flex items-center gap-1 text-muted">
            <FileText aria-hidden className="size-4 shrink-0" />
            {t('history')}
          </span>
        )}
      </p>
      {study.study_description && (
        <p className="line-clamp-2 text-sm break-words">
          <bdi>{study.study_description}</bdi>
        </p>
      )}
    </>
  );
}

/** How many images of the study are in the PACS, and of how many as long as some are on their way. */
function Images({ study }: { study: Study }) {
  const { t } = useTranslation('worklist');
  const format = useFormat();
  const { expected, verified } = study.images;
  if (expected === 0) return null;
  const isWhole = verified >= expected;
  return (
    <p className={isWhole ? 'text-muted' : 'font-medium text-caution'}>
      {isWhole
        ? t('images', { count: verified, formatted: format.count(verified) })
        : t('imagesOf', { part: format.count(verified), whole: format.count(expected) })}
    </p>
  );
}
