import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useLoaded } from '@/shared/hooks/useLoaded';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchSites } from '../api';
import { NewWebhookForm } from '../components/NewWebhookForm';
import { SecretPanel } from '../components/SecretPanel';

/** Where a webhook is made, and its secret shown this once. */
export default function NewWebhookPage() {
  const { t } = useTranslation('webhooks');
  const navigate = useNavigate();
  const { value: sites, error, reload } = useLoaded(fetchSites);
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('new')} />
      {made ? (
        <SecretPanel
          secret={made.secret}
          onKept={() => void navigate(`/admin/webhooks/${made.id}`, { replace: true })}
        />
      ) : (
        <>
          {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
          {!sites && !error && <RowsSkeleton rows={3} />}
          {sites && (
            <NewWebhookForm
              sites={sites}
              onMade={({ webhook, secret }) => setMade({ id: webhook.id, secret })}
            />
          )}
        </>
      )}
    </div>
  );
}
