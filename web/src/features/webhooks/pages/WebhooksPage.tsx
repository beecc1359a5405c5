import { Plus, Webhook as WebhookIcon } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { useLive } from '@/shared/hooks/useLive';
import { buttonLook } from '@/shared/ui/Button';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchWebhooks, type Site, type Webhook } from '../api';
import { WebhookTable } from '../components/WebhookTable';

const EVERY_MS = 15_000;

/** The addresses that are told what the people of a site are told. */
export default function WebhooksPage() {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const { value, asOf, error, reload } = useLive(fetchWebhooks, EVERY_MS);
  const count = value?.webhooks.length ?? 0;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('title')} />
        <Link to="/admin/webhooks/new" className={buttonLook('primary')}>
          <Plus aria-hidden className="size-4" />
          {t('new')}
        </Link>
      </div>
      <p className="max-w-prose text-sm text-muted">{t('intro')}</p>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <p role="status" className="min-h-5 text-sm text-muted">
          {value && t('found', { count, formatted: format.count(count) })}
        </p>
        <Freshness asOf={asOf} error={error} onRetry={reload} />
      </div>
      {value && <Found {...value} />}
      {!value && !error && <RowsSkeleton rows={4} />}
    </div>
  );
}

function Found({ webhooks, sites }: { webhooks: Webhook[]; sites: Site[] }) {
  const { t } = useTranslation('webhooks');
  const names = useMemo(() => new Map(sites.map(({ id, name }) => [id, name])), [sites]);
  if (webhooks.length > 0) return <WebhookTable webhooks={webhooks} sites={names} />;
  return (
    <EmptyState icon={WebhookIcon} title={t('emptyTitle')}>
      {t('emptyDetail')}
    </EmptyState>
  );
}
