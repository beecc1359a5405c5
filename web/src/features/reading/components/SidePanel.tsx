import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { personName } from '@/shared/format/personName';
import { useFormat } from '@/shared/format/useFormat';
import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { AskedQuestion } from '@/shared/reports/AskedQuestion';
import { Disclosure } from '@/shared/ui/Disclosure';
import { Section } from '@/shared/ui/Section';

import type { Report } from '../api';
import { CriticalState } from './CriticalState';
import { Priors } from './Priors';

interface Props {
  report: Report;
  /** Where somebody writes: take a sentence into the findings. */
  onCompare?: (sentence: string) => void;
}

/** What is known of a study: why it was made comes first. */
export function SidePanel({ report, onCompare }: Props) {
  return (
    <>
      {report.is_told_to_caller && <AsSender reportId={report.id} />}
      <History report={report} />
      {report.is_critical && <CriticalState report={report} />}
      {report.questions.length > 0 && <Questions report={report} />}
      <Facts report={report} />
      <Priors reportId={report.id} onCompare={onCompare} />
    </>
  );
}

function History({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  return (
    <Section title={t('facts.history')}>
      {report.clinical_history ? (
        <p dir="auto" className="max-w-prose break-words whitespace-pre-wrap">
          {report.clinical_history}
        </p>
      ) : (
        <p className="text-sm text-muted">{t('facts.noHistory')}</p>
      )}
    </Section>
  );
}

/** Who reads and has sent the study himself answers and acknowledges on the sender's page. */
function AsSender({ reportId }: { reportId: string }) {
  const { t } = useTranslation('reading');
  return (
    <p className="text-sm">
      {t('sender.detail')}{' '}
      <Link
        to={`/reports/${reportId}?as=sender`}
        className="inline-flex min-h-11 items-center font-medium text-brand underline"
      >
        {t('sender.open')}
      </Link>
    </p>
  );
}

function Questions({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  return (
    <Section title={t('ask.asked')}>
      <ul className="flex flex-col gap-3">
        {report.questions.map((question) => (
          <li key={question.asked_at} className="flex flex-col gap-1 text-sm">
            <AskedQuestion question={question} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Facts({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  // The sender's page of the upload is not for everybody who reads.
  const seesUpload = useCurrentUser()?.role === 'admin';
  const { expected, verified } = report.images;
  const [isOpen, setOpen] = useState(false);
  const images = { verified: format.count(verified), expected: format.count(expected) };
  return (
    <Section title={t('facts.title')}>
      <Disclosure
        onlyOnPhones
        label={t('facts.more')}
        open={isOpen}
        onToggle={() => setOpen(!isOpen)}
      >
        <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
          <Fact name={t('facts.site')}>{report.site_name}</Fact>
          <Fact name={t('facts.referring')}>
            {report.referring_physician && personName(report.referring_physician)}
          </Fact>
          <Fact name={t('facts.accession')}>{report.accession_number}</Fact>
          <Fact name={t('facts.images')}>{t('facts.imagesOf', images)}</Fact>
          <Fact name={t('facts.received')}>{format.dateTime(report.created_at)}</Fact>
          <Fact name={t('facts.due')}>{format.dateTime(report.due_at)}</Fact>
        </dl>
        {seesUpload && (
          <Link
            to={`/uploads/${report.upload_id}`}
            className="inline-flex min-h-11 items-center self-start text-sm font-medium text-brand underline"
          >
            {t('facts.upload')}
          </Link>
        )}
      </Disclosure>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div className="min-w-0">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="break-words">
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
