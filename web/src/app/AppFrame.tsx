import { Suspense, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { Logo } from '@/shared/ui/Logo';

import { MainNavigation } from './MainNavigation';
import { Notices } from './Notices';
import { AccountMenu, DraftsRunner, NotificationBell, OutboxRunner, Toaster } from './screens';

/** What every page has around it. */
export function AppFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const isReader = useCurrentUser()?.role === 'radiologist';
  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-control bg-brand px-4 py-2 text-on-brand focus:not-sr-only focus:fixed focus:start-4 focus:top-3 focus:z-20"
      >
        {t('skipToContent')}
      </a>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex min-h-16 max-w-[90rem] items-center justify-between gap-x-4 px-4 lg:px-8">
          <div className="flex shrink-0 items-center gap-x-6">
            <Link to="/" className="flex min-h-11 items-center gap-2.5 text-lg font-semibold">
              <Logo className="size-8" />
              <span className="max-md:sr-only">RelayPACS</span>
            </Link>
            <MainNavigation />
          </div>
          <div className="flex min-w-0 items-center gap-1 sm:gap-3">
            <Suspense fallback={<span className="size-11 shrink-0" />}>
              <NotificationBell />
            </Suspense>
            <Suspense fallback={null}>
              <AccountMenu />
            </Suspense>
          </div>
        </div>
      </header>
      <Notices />
      <main
        id="content"
        tabIndex={-1}
        className="mx-auto max-w-[90rem] px-4 py-6 outline-none max-sm:pb-24 lg:px-8"
      >
        {children}
      </main>
      <Suspense fallback={null}>
        <OutboxRunner />
      </Suspense>
      {isReader && (
        <Suspense fallback={null}>
          <DraftsRunner />
        </Suspense>
      )}
      <Suspense fallback={null}>
        <Toaster />
      </Suspense>
    </>
  );
}
