import { ArrowLeft } from 'lucide-react';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import type { Report } from '@/shared/reports/report';
import { PatientName } from '@/shared/ui/PatientName';

/** Of which study more is asked for, and in what words. */
export function AskedStudy({ report }: { report: Report }) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const facts = [report.modality, format.dicomDate(report.study_date), report.study_description];
  const open = report.questions.filter(({ answered_at: answeredAt }) => answeredAt === null);
  return (
    <section
      aria-labelledby="asked-study"
      className="flex flex-col gap-3 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-col gap-1">
        <h2 id="asked-study" className="text-lg font-semibold break-words">
          <PatientName name={report.patient_name} />
        </h2>
        <p className="text-sm text-muted">
          {facts.filter(Boolean).map((fact, index) => (
            <Fragment key={index}>
              {index > 0 && ' · '}
              <bdi>{fact}</bdi>
            </Fragment>
          ))}
        </p>
      </div>
      <ul className="flex flex-col gap-3">
        {open.map((question) => (
          <li key={question.asked_at} className="flex flex-col gap-1 text-sm">
            <p dir="auto" className="font-medium break-words whitespace-pre-line">
              {question.text}
            </p>
            <p className="text-muted">
              {t('asked.by', { name: question.asked_by, time: format.dateTime(question.asked_at) })}
            </p>
          </li>
        ))}
      </ul>
      <p className="text-sm text-muted">{t('asked.only')}</p>
      <ReportLink reportId={report.id} />
    </section>
  );
}

/** The way back to where the question stands. */
export function ReportLink({ reportId }: { reportId: string }) {
  const { t } = useTranslation('pick');
  return (
    <Link
      to={`/reports/${reportId}`}
      className="inline-flex min-h-11 items-center gap-1.5 self-start text-sm font-medium text-brand underline"
    >
      <ArrowLeft aria-hidden className="size-4 rtl:-scale-x-100" />
      {t('asked.back')}
    </Link>
  );
}
