import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ageOn, ageText } from '@/shared/format/ages';
import { localeOf, useFormat } from '@/shared/format/useFormat';
import { PageHeading } from '@/shared/ui/PageHeading';
import { PatientName } from '@/shared/ui/PatientName';
import { ServiceLevel } from '@/shared/ui/ServiceLevel';

import type { Report } from '../api';

interface Props {
  report: Report;
  /** What has to be in view as well, such as where the text is safe. */
  children?: ReactNode;
}

/** Whose study it is and which one: in view for as long as somebody writes about it. */
export function StudyBar({ report, children }: Props) {
  const { t } = useTranslation('reading');
  return (
    <header className="sticky top-0 z-[5] -mx-4 -mt-6 flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b border-line bg-canvas px-4 py-2 sm:py-3 lg:-mx-8 lg:px-8">
      <div className="min-w-0">
        {/* The tab's title names no patient: it ends up in histories and task bars. */}
        <PageHeading title={t('title')}>
          <span className="line-clamp-2 text-lg sm:text-2xl">
            <PatientName name={report.patient_name} />
          </span>
        </PageHeading>
        <StudyLine report={report} />
      </div>
      {children}
    </header>
  );
}

/** The least that tells one study from another. */
export function StudyLine({ report }: { report: Report }) {
  const { t, i18n } = useTranslation('reading');
  const format = useFormat();
  const age = ageOn(report.patient_birth_date, report.study_date);
  const facts = [
    report.patient_id && t('facts.id', { id: report.patient_id }),
    report.patient_birth_date && format.dicomDate(report.patient_birth_date),
    age && ageText(age, localeOf(i18n.language)),
    report.patient_sex,
  ].filter(Boolean);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-sm text-muted">
      {facts.length > 0 && (
        <p className="min-w-0 break-words">
          <bdi>{facts.join(' · ')}</bdi>
        </p>
      )}
      <p className="min-w-0 break-words">
        <bdi>{[report.modality, report.body_part].filter(Boolean).join(' ')}</bdi>
        {' · '}
        {format.dicomDate(report.study_date)}
        {report.study_description && (
          <>
            {' · '}
            <bdi>{report.study_description}</bdi>
          </>
        )}
      </p>
      <ServiceLevel level={report.service_level} />
    </div>
  );
}
