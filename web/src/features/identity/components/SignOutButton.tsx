import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { unsent } from '@/shared/unsent';

import { signOut } from '../api';

/** The way out. Who still has studies to send is asked first: nobody sends them while they are signed out. */
export function SignOutButton() {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const [waiting, setWaiting] = useState(0);
  const [leaving, setLeaving] = useState(false);

  const leave = () => {
    setLeaving(true);
    void signOut().finally(() => setLeaving(false));
  };
  const ask = () => {
    const count = unsent.count();
    setWaiting(count);
    if (count === 0) leave();
  };

  return (
    <>
      <Button look="quiet" busy={leaving} onClick={ask} className="shrink-0 px-3">
        <LogOut aria-hidden className="size-4" />
        <span className="max-sm:sr-only">{leaving ? t('signingOut') : t('signOut')}</span>
      </Button>
      {waiting > 0 && (
        <ConfirmDialog
          title={t('unsentTitle', { count: waiting, formatted: format.count(waiting) })}
          action={t('signOutAnyway')}
          busy={leaving}
          onConfirm={leave}
          onCancel={() => setWaiting(0)}
        >
          <p>{t('unsentDetail', { count: waiting })}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
