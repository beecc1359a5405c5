import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Disclosure } from '@/shared/ui/Disclosure';
import { PatientName } from '@/shared/ui/PatientName';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';
import { Skeleton } from '@/shared/ui/Skeleton';

import { usePriors } from '../hooks/usePriors';
import type { Prior } from '../priors';
import { WrittenText } from './WrittenText';

interface Props {
  reportId: string;
  onCompare: ((sentence: string) => void) | undefined;
}

/** What else is known of the patient, to be read beside what is written. */
export function Priors({ reportId, onCompare }: Props) {
  const { t } = useTranslation('reading');
  const { priors, error, reload } = usePriors(reportId);
  return (
    <Section title={t('prior.title')}>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!priors && !error && <Skeleton className="h-11 w-full" />}
      {priors?.length === 0 && <p className="text-sm text-muted">{t('prior.none')}</p>}
      {priors && priors.length > 0 && (
        <ul className="flex flex-col gap-2">
          {priors.map((prior) => (
            <li key={prior.report_id}>
              <OnePrior prior={prior} onCompare={onCompare} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

interface PriorProps {
  prior: Prior;
  onCompare: ((sentence: string) => void) | undefined;
}

function OnePrior({ prior, onCompare }: PriorProps) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const { modality, study_date: day, differs } = prior;
  const compare = () =>
    onCompare?.(sentenceOf(t('prior.comparison', { modality, date: isoOf(day) })));
  const kind = [modality, prior.body_part].filter(Boolean).join(' ');
  const label = (
    <span className="flex flex-wrap gap-x-2">
      <bdi>{kind}</bdi>
      <span>{format.dicomDate(day)}</span>
      {prior.study_description && (
        <bdi className="font-normal text-muted">{prior.study_description}</bdi>
      )}
    </span>
  );
  return (
    <Disclosure label={label} open={isOpen} onToggle={() => setOpen(!isOpen)}>
      {differs.length > 0 && <Doubt prior={prior} />}
      <PriorText prior={prior} />
      {onCompare && (
        <Button onClick={compare} className="self-start">
          {t('prior.compare')}
        </Button>
      )}
    </Disclosure>
  );
}

/** The patient ID is the same, and something else is not: it could be of somebody else. */
function Doubt({ prior }: { prior: Prior }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  return (
    <Alert tone="caution" title={t('prior.doubtTitle')}>
      <p>
        <PatientName name={prior.patient_name} />
        {prior.patient_birth_date && ` · ${format.dicomDate(prior.patient_birth_date)}`}
      </p>
    </Alert>
  );
}

function PriorText({ prior }: { prior: Prior }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  if (prior.findings === null) {
    return (
      <p className="text-sm text-muted">
        {prior.status === 'ready' ? t('final.elsewhere') : t('prior.unread')}
      </p>
    );
  }
  const by = { name: prior.radiologist ?? '–', time: format.dateTime(prior.reported_at ?? '') };
  return (
    <>
      {prior.addenda.map((addendum) => (
        <div key={addendum.number} className="flex flex-col gap-2">
          <h3 className="font-semibold">
            {t('version.addendum', { number: format.count(addendum.number) })}
          </h3>
          <WrittenText text={addendum} />
        </div>
      ))}
      {prior.reported_at && <p className="text-sm text-muted">{t('version.signed', by)}</p>}
      <WrittenText
        text={{
          findings: prior.findings,
          impression: prior.impression ?? '',
          recommendation: prior.recommendation ?? '',
          is_critical: prior.is_critical,
        }}
      />
    </>
  );
}

/** The same in every language, and never taken for another day. */
function isoOf(dicomDate: string): string {
  return dicomDate.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

/** A sentence of ours as it may stand in a report: without the marks that keep it in order on the page. */
function sentenceOf(text: string): string {
  return text.replaceAll(/[\u2068\u2069]/g, '');
}
