import { KeyRound, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { toasts } from '@/shared/toasts';
import { Button, buttonLook } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Facts } from '@/shared/ui/Facts';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import type { User } from '../api';
import { usePasswordLink } from '../hooks/usePasswordLink';
import type { UserDeeds } from '../hooks/useUserDeeds';
import { nameOf } from '../people';

import { OneTimeLinkCard } from './OneTimeLinkCard';

interface Props {
  user: User;
  isOwn: boolean;
  deeds: UserDeeds;
}

/** How somebody signs in, and the help for who cannot. */
export function SignInSection({ user, isOwn, deeds }: Props) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const facts = [
    {
      name: t('field.lastSignIn'),
      value: user.last_sign_in_at ? format.dateTime(user.last_sign_in_at) : t('list.never'),
    },
    {
      name: t('field.password'),
      value: user.has_password ? t('signIn.passwordSet') : t('signIn.noPassword'),
    },
    {
      name: t('field.secondFactor'),
      value: user.totp_enabled ? t('signIn.factorOn') : t('signIn.factorOff'),
    },
  ];
  return (
    <Section title={t('signIn.title')}>
      <Facts facts={facts} />
      {isOwn ? (
        <div className="flex flex-col items-start gap-3">
          <p className="text-sm text-muted">{t('signIn.own')}</p>
          <Link to="/account" className={buttonLook('secondary')}>
            {t('signIn.ownAccount')}
          </Link>
        </div>
      ) : (
        <Help user={user} deeds={deeds} />
      )}
    </Section>
  );
}

function Help({ user, deeds }: Omit<Props, 'isOwn'>) {
  const { t } = useTranslation('people');
  const { link, busy, error, make, putAway } = usePasswordLink(user.id);
  return (
    <>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {link && (
        <OneTimeLinkCard
          link={link}
          title={t('link.passwordTitle', { name: nameOf(user) })}
          detail={t('link.passwordDetail')}
          done={t('link.done')}
          onDone={putAway}
        />
      )}
      <div className="flex flex-wrap gap-3">
        <Button busy={busy} onClick={() => void make()}>
          <KeyRound aria-hidden className="size-4" />
          {t('signIn.makeLink')}
        </Button>
        {user.totp_enabled && <FactorOff user={user} deeds={deeds} />}
      </div>
    </>
  );
}

function FactorOff({ user, deeds }: Omit<Props, 'isOwn'>) {
  const { t } = useTranslation('people');
  const [asking, setAsking] = useState(false);
  const turnOff = async () => {
    if (await deeds.change({ totp_enabled: false })) {
      toasts.show({ tone: 'positive', title: t('signIn.factorIsOff') });
    }
    setAsking(false);
  };
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <ShieldOff aria-hidden className="size-4" />
        {t('signIn.turnFactorOff')}
      </Button>
      {asking && (
        <ConfirmDialog
          danger
          title={t('signIn.factorTitle', { name: nameOf(user) })}
          action={t('signIn.turnFactorOff')}
          busy={deeds.busy}
          onConfirm={() => void turnOff()}
          onCancel={() => setAsking(false)}
        >
          <p>{t('signIn.factorDetail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
