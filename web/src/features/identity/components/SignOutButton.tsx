import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { unsent, type Waiting } from '@/shared/unsent';

import { signOut } from '../api';

/** The way out. Whoever still has something to send is asked first: nobody sends it while they are signed out. */
export function SignOutButton() {
  const { t } = useTranslation('identity');
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [leaving, setLeaving] = useState(false);

  const leave = () => {
    setLeaving(true);
    void signOut().finally(() => setLeaving(false));
  };
  const ask = () => {
    const { studies, reports } = unsent.waiting();
    if (studies + reports === 0) leave();
    else setWaiting({ studies, reports });
  };

  return (
    <>
      <Button look="quiet" busy={leaving} onClick={ask} className="shrink-0 px-3">
        <LogOut aria-hidden className="size-4" />
        <span className="max-sm:sr-only">{leaving ? t('signingOut') : t('signOut')}</span>
      </Button>
      {waiting && (
        <Question
          waiting={waiting}
          busy={leaving}
          onConfirm={leave}
          onCancel={() => setWaiting(null)}
        />
      )}
    </>
  );
}

interface QuestionProps {
  waiting: Waiting;
  busy: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

function Question({ waiting: { studies, reports }, ...dialog }: QuestionProps) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const ofStudies = t('unsentTitle', { count: studies, formatted: format.count(studies) });
  const ofReports = t('unsentReportsTitle', { count: reports, formatted: format.count(reports) });
  return (
    <ConfirmDialog
      title={studies > 0 ? ofStudies : ofReports}
      action={t('signOutAnyway')}
      {...dialog}
    >
      {studies > 0 && <p>{t('unsentDetail', { count: studies })}</p>}
      {studies > 0 && reports > 0 && <p className="mt-3 font-semibold">{ofReports}</p>}
      {reports > 0 && <p>{t('unsentReportsDetail', { count: reports })}</p>}
    </ConfirmDialog>
  );
}
