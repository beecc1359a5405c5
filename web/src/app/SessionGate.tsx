import { Fragment, Suspense, useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useSession } from '@/shared/hooks/useSession';
import { forgetKept } from '@/shared/kept/forget';
import { Alert } from '@/shared/ui/Alert';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { Notices } from './Notices';
import { SignInPage } from './screens';

/** Show the app to who is signed in and the sign-in page to who is not, at the same address. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const state = useSession();
  const { phase } = state;

  useEffect(() => {
    if (phase === 'signed-out') void forgetKept();
  }, [phase]);

  switch (state.phase) {
    case 'restoring':
      return <Waiting />;
    case 'unavailable':
      return (
        <div className="mx-auto max-w-xl p-6">
          <Alert tone="critical" assertive title={t('problem.storageTitle')}>
            <p>{t('problem.storageDetail')}</p>
          </Alert>
        </div>
      );
    case 'signed-out':
      return (
        <>
          <Notices />
          <Suspense fallback={<Waiting />}>
            <SignInPage reason={state.reason} />
          </Suspense>
        </>
      );
    case 'signed-in':
      return <Fragment key={state.generation}>{children}</Fragment>;
  }
}

/** A whole page that is on its way. */
export function Waiting() {
  return (
    <div className="mx-auto max-w-[90rem] px-4 py-22 lg:px-8">
      <PageSkeleton />
    </div>
  );
}
