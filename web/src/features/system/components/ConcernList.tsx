import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { buttonLook } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';
import { StateLabel } from '@/shared/ui/StateLabel';

import type { Concern, System } from '../api';
import { keyOf, lookOf, PAGES, wordsOf } from '../concerns';
import { useNames } from '../hooks/useNames';
import { Ago } from './Ago';

/** What needs somebody, first of all what does so most. */
export function ConcernList({ system }: { system: System }) {
  const { t } = useTranslation('system');
  const { concerns } = system;
  return (
    <Section title={t('concerns.title')} state={<Summary concerns={concerns} />}>
      {concerns.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {concerns.map((concern) => (
            <ConcernRow key={keyOf(concern)} concern={concern} at={system.at} />
          ))}
        </ul>
      )}
    </Section>
  );
}

/** Read out when it changes. */
function Summary({ concerns }: { concerns: Concern[] }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const count = concerns.filter(({ severity }) => severity === 'urgent').length;
  const sum = t('concerns.all', {
    count: concerns.length,
    formatted: format.count(concerns.length),
  });
  return (
    <p role="status" className="text-sm font-medium">
      {concerns.length === 0 ? (
        <StateLabel tone="positive" icon={CircleCheck}>
          {t('concerns.none')}
        </StateLabel>
      ) : (
        <>
          {sum}
          {count > 0 && ` · ${t('concerns.urgent', { count, formatted: format.count(count) })}`}
        </>
      )}
    </p>
  );
}

function ConcernRow({ concern, at }: { concern: Concern; at: string }) {
  const { t } = useTranslation('system');
  const names = useNames();
  const { icon: Icon, page } = lookOf(concern);
  const words = wordsOf(concern);
  return (
    <li className="flex flex-col gap-3 py-4 first:pt-0 last:pb-0 lg:flex-row lg:items-start lg:justify-between lg:gap-6">
      <div className="flex min-w-0 gap-3">
        <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-muted" />
        <div className="flex min-w-0 flex-col gap-1">
          <p className="font-semibold break-words">
            {t(`concern.${concern.code}.what`, { name: names.subject(concern) })}
          </p>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <SeverityLabel severity={concern.severity} />
            <Extent concern={concern} at={at} />
          </p>
          {words && (
            <p dir="auto" className="text-sm break-words ltr:text-left rtl:text-right">
              <q>{words}</q>
            </p>
          )}
          <p className="max-w-prose text-sm text-muted">{t(`concern.${concern.code}.todo`)}</p>
        </div>
      </div>
      {page && (
        <Link to={PAGES[page]} className={buttonLook('secondary', 'shrink-0 self-start')}>
          {t(`page.${page}`)}
        </Link>
      )}
    </li>
  );
}

function SeverityLabel({ severity }: Pick<Concern, 'severity'>) {
  const { t } = useTranslation('system');
  return severity === 'urgent' ? (
    <StateLabel tone="critical" icon={CircleAlert}>
      {t('severity.urgent')}
    </StateLabel>
  ) : (
    <StateLabel tone="caution" icon={TriangleAlert}>
      {t('severity.warning')}
    </StateLabel>
  );
}

/** How many, and since when; of a certificate, when it ends. */
function Extent({ concern, at }: { concern: Concern; at: string }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const { count, since } = concern;
  const { unit } = lookOf(concern);
  const isCertificate = concern.code.startsWith('certificate-');
  return (
    <>
      {unit && Boolean(count) && (
        <span>
          {t(`count.${unit}`, { count: count ?? 0, formatted: format.count(count ?? 0) })}
        </span>
      )}
      {since && (
        <span className="text-muted">
          {isCertificate ? format.dateTime(since) : <Ago moment={since} at={at} />}
        </span>
      )}
    </>
  );
}
