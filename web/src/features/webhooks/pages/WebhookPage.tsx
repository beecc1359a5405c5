import { ArrowLeft, FileQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import { useLive } from '@/shared/hooks/useLive';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchWebhook, isMissing, type Webhook } from '../api';
import { CallsSection } from '../components/CallsSection';
import { RemoveSection } from '../components/RemoveSection';
import { SecretSection } from '../components/SecretSection';
import { SettingsSection } from '../components/SettingsSection';
import { StateSection } from '../components/StateSection';

const EVERY_MS = 10_000;

/** One webhook: how it is doing, what it is told, and what becomes of its calls. */
export default function WebhookPage() {
  const { webhookId = '' } = useParams();
  return <CurrentWebhook key={webhookId} id={webhookId} />;
}

function CurrentWebhook({ id }: { id: string }) {
  const { t } = useTranslation('webhooks');
  const { value, asOf, error, reload, change } = useLive(
    (signal) => fetchWebhook(id, signal),
    EVERY_MS,
  );
  if (isMissing(error)) return <NoSuchWebhook />;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col items-start gap-1">
        <WayBack />
        <PageHeading title={t('one')} />
      </div>
      <div className="flex flex-col gap-3 empty:hidden">
        <Freshness asOf={asOf} error={error} onRetry={reload} />
      </div>
      {value ? (
        <Known
          webhook={value.webhook}
          site={value.site}
          onChanged={(webhook) => change({ ...value, webhook })}
        />
      ) : (
        !error && <RowsSkeleton rows={4} />
      )}
    </div>
  );
}

interface KnownProps {
  webhook: Webhook;
  site: string;
  onChanged: (webhook: Webhook) => void;
}

function Known({ webhook, site, onChanged }: KnownProps) {
  return (
    <>
      <StateSection webhook={webhook} site={site} onChanged={onChanged} />
      <SettingsSection webhook={webhook} onChanged={onChanged} />
      <CallsSection webhookId={webhook.id} />
      <SecretSection webhook={webhook} onChanged={onChanged} />
      <RemoveSection webhook={webhook} />
    </>
  );
}

function WayBack() {
  const { t } = useTranslation('webhooks');
  return (
    <Link
      to="/admin/webhooks"
      className="inline-flex min-h-11 items-center gap-1.5 text-sm font-medium text-brand hover:underline"
    >
      <ArrowLeft aria-hidden className="size-4 rtl:rotate-180" />
      {t('back')}
    </Link>
  );
}

function NoSuchWebhook() {
  const { t } = useTranslation('webhooks');
  return (
    <EmptyState level={1} icon={FileQuestion} title={t('missingTitle')}>
      <p>{t('missingDetail')}</p>
      <Link
        to="/admin/webhooks"
        className="inline-flex min-h-11 items-center font-medium text-brand underline"
      >
        {t('back')}
      </Link>
    </EmptyState>
  );
}
