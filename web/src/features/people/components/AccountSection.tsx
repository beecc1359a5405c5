import { Ban, UserCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Facts } from '@/shared/ui/Facts';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import type { User } from '../api';
import type { UserDeeds } from '../hooks/useUserDeeds';
import { nameOf } from '../people';

import { AccountStateLabel } from './AccountStateLabel';

interface Props {
  user: User;
  isOwn: boolean;
  deeds: UserDeeds;
}

/** Whether somebody may sign in at all. */
export function AccountSection({ user, isOwn, deeds }: Props) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const facts = [
    { name: t('field.username'), value: <bdi>{user.username}</bdi> },
    { name: t('field.createdAt'), value: format.dateTime(user.created_at) },
  ];
  return (
    <Section
      title={t('user.account')}
      intro={t(`user.stateMeans.${user.state}`)}
      state={<AccountStateLabel state={user.state} />}
    >
      <Facts facts={facts} />
      {Boolean(deeds.error) && <ProblemAlert assertive error={deeds.error} />}
      {isOwn ? (
        <p className="text-sm text-muted">{t('user.ownState')}</p>
      ) : (
        <StateButtons user={user} deeds={deeds} />
      )}
    </Section>
  );
}

function StateButtons({ user, deeds }: Omit<Props, 'isOwn'>) {
  const { t } = useTranslation('people');
  const [asking, setAsking] = useState(false);
  const name = nameOf(user);
  const isPending = user.state === 'pending';
  const become = async (state: User['state']) => {
    if (await deeds.change({ state })) {
      const done = state === 'active' ? t('user.enabled', { name }) : t('user.disabled', { name });
      toasts.show({ tone: 'positive', title: done });
    }
    setAsking(false);
  };
  return (
    <div className="flex flex-wrap gap-3">
      {user.state !== 'active' && (
        <Button
          look={isPending ? 'primary' : 'secondary'}
          busy={deeds.busy}
          onClick={() => void become('active')}
        >
          <UserCheck aria-hidden className="size-4" />
          {isPending ? t('approval.approve') : t('user.enable')}
        </Button>
      )}
      {user.state !== 'disabled' && (
        <Button busy={deeds.busy} onClick={() => setAsking(true)}>
          <Ban aria-hidden className="size-4" />
          {isPending ? t('approval.refuse') : t('user.disable')}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          danger
          title={isPending ? t('approval.refuseTitle', { name }) : t('user.disableTitle', { name })}
          action={isPending ? t('approval.refuse') : t('user.disable')}
          busy={deeds.busy}
          onConfirm={() => void become('disabled')}
          onCancel={() => setAsking(false)}
        >
          <p>{isPending ? t('approval.refuseDetail') : t('user.disableDetail')}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
