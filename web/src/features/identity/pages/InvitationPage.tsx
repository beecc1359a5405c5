import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { useLoaded } from '@/shared/hooks/useLoaded';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import {
  acceptInvitation,
  fetchInvitation,
  startOver,
  type InvitationAcceptance,
  type InvitationOffer,
} from '../api';
import { CardPage } from '../components/CardPage';
import { IdentityProblem } from '../components/IdentityProblem';
import { LinkInvalid } from '../components/LinkInvalid';
import { NewAccountFields } from '../components/NewAccountFields';
import { useLinkToken } from '../hooks/useLinkToken';
import { useNewAccount } from '../hooks/useNewAccount';
import { linkRefusal } from '../links';

/** Where an invitation leads: see what is offered, and become a user. */
export default function InvitationPage() {
  const { t } = useTranslation('account');
  const token = useLinkToken();
  if (!token) return <LinkInvalid detail="" used={t('invitation.used')} />;
  return <Invitation key={token} token={token} />;
}

function Invitation({ token }: { token: string }) {
  const { t } = useTranslation('account');
  const { value: offer, error, reload } = useLoaded((signal) => fetchInvitation(token, signal));
  const refusal = linkRefusal(error);
  if (refusal) return <LinkInvalid detail={refusal} used={t('invitation.used')} />;
  if (offer) return <Acceptance token={token} offer={offer} />;
  return (
    <CardPage title={t('invitation.title')}>
      {error ? <ProblemAlert error={error} onRetry={reload} /> : <RowsSkeleton rows={4} />}
    </CardPage>
  );
}

function Acceptance({ token, offer }: { token: string; offer: InvitationOffer }) {
  const { t } = useTranslation('account');
  const navigate = useNavigate();
  const accept = async (account: Omit<InvitationAcceptance, 'token'>) => {
    await acceptInvitation({ token, ...account });
    await startOver('account-created');
    void navigate('/', { replace: true });
  };
  const account = useNewAccount({ email: offer.email ?? '' }, accept);
  const refusal = linkRefusal(account.error);
  if (refusal) return <LinkInvalid detail={refusal} used={t('invitation.used')} />;

  return (
    <CardPage title={t('invitation.title')}>
      <Offer offer={offer} />
      <IdentityProblem error={account.error} />
      <form {...account.form} className="flex flex-col gap-4">
        <NewAccountFields account={account} />
        <Button type="submit" look="primary" busy={account.busy} className="mt-2">
          {account.busy ? t('saving') : t('invitation.submit')}
        </Button>
      </form>
    </CardPage>
  );
}

function Offer({ offer }: { offer: InvitationOffer }) {
  const { t } = useTranslation(['account', 'identity']);
  const format = useFormat();
  const facts = [
    [t('invitation.role'), t(`identity:role.${offer.role}`)],
    [t('invitation.site'), offer.site_name],
    [t('invitation.email'), offer.email],
    [t('invitation.expires'), format.dateTime(offer.expires_at)],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 rounded-control bg-sunken p-4 text-sm">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="font-medium break-words">
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
