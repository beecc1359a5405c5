import { useTranslation } from 'react-i18next';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { toasts } from '@/shared/toasts';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { revokeInvitation, type Invitation } from '../api';
import { saidInWords } from '../refusals';

interface Props {
  invitation: Invitation;
  /** The list may look different now. */
  onChanged: () => void;
  onClose: () => void;
}

export function RevokeDialog({ invitation, onChanged, onClose }: Props) {
  const { t } = useTranslation('people');
  const { busy, error, run } = useAttempt();
  const revoke = async () => {
    const isDone = await run(() => saidInWords(t, () => revokeInvitation(invitation)));
    onChanged();
    if (!isDone) return;
    toasts.show({ tone: 'positive', title: t('invitations.revoked') });
    onClose();
  };
  return (
    <ConfirmDialog
      danger
      title={t('invitations.revokeTitle')}
      action={t('invitations.revoke')}
      busy={busy}
      onConfirm={() => void revoke()}
      onCancel={onClose}
    >
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      <p>{t('invitations.revokeDetail')}</p>
    </ConfirmDialog>
  );
}
