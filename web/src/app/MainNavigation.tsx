import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';

import { destinationsOf } from './navigation';

/** In the header where there is room; on a phone a bar at the bottom, where thumbs are. */
export function MainNavigation() {
  const { t } = useTranslation();
  const role = useCurrentUser()?.role;
  return (
    <nav
      aria-label={t('nav.label')}
      className="max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-10 max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:pb-[env(safe-area-inset-bottom)]"
    >
      <ul className="flex max-sm:justify-around sm:gap-1">
        {destinationsOf(role).map(({ to, icon: Icon, name }) => (
          <li key={to} className="max-sm:min-w-0 max-sm:grow max-sm:basis-0">
            <NavLink
              to={to}
              className="flex items-center justify-center text-muted hover:text-ink aria-[current=page]:text-brand max-sm:min-h-14 max-sm:flex-col max-sm:gap-0.5 max-sm:px-1 max-sm:text-center max-sm:text-xs max-sm:font-medium max-sm:aria-[current=page]:font-semibold sm:min-h-11 sm:gap-2 sm:rounded-control sm:px-3 sm:text-sm sm:font-semibold sm:aria-[current=page]:bg-sunken"
            >
              <Icon aria-hidden className="size-5 shrink-0" />
              {t(name)}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
