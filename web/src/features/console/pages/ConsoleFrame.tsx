import { Lock } from 'lucide-react';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { CONSOLE_PAGES } from '../pages';

/** What every page of the console has around it; who does not administer is told so. */
export default function ConsoleFrame() {
  const { t } = useTranslation('console');
  const role = useCurrentUser()?.role;
  if (!role) return <PageSkeleton />;
  if (role !== 'admin') {
    return (
      <EmptyState icon={Lock} level={1} title={t('forbiddenTitle')}>
        {t('forbiddenDetail')}
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-6 lg:grid-cols-[12rem_minmax(0,1fr)]">
      <ConsoleNavigation />
      <div className="min-w-0">
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}

/** Beside the page where there is room; else a row above it that is pushed sideways. */
function ConsoleNavigation() {
  const { t } = useTranslation('console');
  return (
    <nav aria-label={t('label')} className="max-lg:-mx-4 max-lg:overflow-x-auto max-lg:px-4">
      <ul className="flex gap-1 max-lg:w-max lg:sticky lg:top-4 lg:flex-col">
        {CONSOLE_PAGES.map(({ to, name }) => (
          <li key={to}>
            <NavLink
              to={to}
              className="flex min-h-11 items-center rounded-control px-3 text-sm font-semibold text-muted hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-brand"
            >
              {t(name)}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
