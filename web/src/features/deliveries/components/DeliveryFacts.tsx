import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { useNow } from '@/shared/hooks/useNow';

import type { Delivery } from '../api';

import { NextTry } from './NextTry';

const LINK = 'inline-flex min-h-11 items-center font-medium break-all text-brand underline';

/** What it is a delivery of, where it goes, and how far it is. */
export function DeliveryFacts({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const now = useNow(1_000);
  const counts = ['instances', 'delivered', 'verified', 'refused'] as const;
  const times = ['created_at', 'failing_since', 'verified_at'] as const;
  return (
    <dl className="grid items-center gap-x-4 gap-y-1 text-sm sm:grid-cols-[12rem_minmax(0,1fr)]">
      {delivery.upload_id !== null && (
        <Fact name={t('fact.upload')}>
          <Link to={`/uploads/${delivery.upload_id}`} className={LINK}>
            {delivery.upload_id}
          </Link>
        </Fact>
      )}
      {delivery.report_id !== null && (
        <Fact name={t('fact.report')}>
          <Link to={`/reports/${delivery.report_id}`} className={LINK}>
            {delivery.report_id}
          </Link>
        </Fact>
      )}
      <Fact name={t('fact.destination')}>
        <Link to={`/admin/destinations/${delivery.destination_id}`} className={LINK}>
          <bdi>{delivery.destination_name}</bdi>
        </Link>{' '}
        {t(delivery.required ? 'required' : 'bestEffort')}
      </Fact>
      {counts.map((name) => (
        <Fact key={name} name={t(`fact.${name}`)}>
          {format.count(delivery[name])}
        </Fact>
      ))}
      {times.map((name) => {
        const at = delivery[name];
        return (
          at !== null && (
            <Fact key={name} name={t(`fact.${name}`)}>
              {format.dateTime(at)}
            </Fact>
          )
        );
      })}
      <Fact name={t('fact.next')}>
        <NextTry delivery={delivery} now={now} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
