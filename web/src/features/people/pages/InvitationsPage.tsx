import { MailPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';

import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { InvitationList } from '../components/InvitationList';
import { useSiteNames } from '../hooks/useSiteNames';
import { INVITATION_STATES } from '../people';

const ALL = '';

/** The links by which people make accounts of their own, and what has become of each. */
export default function InvitationsPage() {
  const { t } = useTranslation('people');
  const { sites, error, reload, nameOf } = useSiteNames();
  const [inviting, setInviting] = useState(false);
  const [address, setAddress] = useSearchParams();
  const state = INVITATION_STATES.find((known) => known === address.get('state')) ?? null;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('invitations.title')} />
        <Button look="primary" busy={!sites} onClick={() => setInviting(true)}>
          <MailPlus aria-hidden className="size-4" />
          {t('invitations.new')}
        </Button>
      </div>
      <p className="max-w-prose text-sm text-muted">{t('invitations.intro')}</p>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      <div className="sm:max-w-xs">
        <Choice
          label={t('field.state')}
          value={state ?? ALL}
          options={[
            { value: ALL, name: t('filter.all') },
            ...INVITATION_STATES.map((value) => ({
              value,
              name: t(`invitations.state.${value}`),
            })),
          ]}
          onChange={(value) => setAddress(value ? { state: value } : {})}
        />
      </div>
      <InvitationList
        key={state}
        state={state}
        sites={sites ?? []}
        siteName={nameOf}
        isInviting={inviting}
        onInvited={() => setInviting(false)}
        onClear={() => setAddress({})}
      />
    </div>
  );
}
