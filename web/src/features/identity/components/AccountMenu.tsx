import { CircleUserRound } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';

import { useOwnProfile } from '../hooks/useOwnProfile';

import { SignOutButton } from './SignOutButton';

/** Who is signed in, the way to the own account, and the way out. */
export default function AccountMenu() {
  const { t } = useTranslation('identity');
  const user = useOwnProfile();

  return (
    <div className="flex min-w-0 items-center gap-1 sm:gap-3">
      <NavLink
        to="/account"
        className="flex min-h-11 min-w-0 items-center gap-2 rounded-control px-2 hover:bg-sunken aria-[current=page]:bg-sunken"
      >
        <CircleUserRound aria-hidden className="size-6 shrink-0 text-muted" />
        {user && (
          <span className="min-w-0 text-start text-sm leading-tight">
            <span className="sr-only">
              {t('signedInAs', { name: user.full_name || user.username })}
            </span>
            <bdi aria-hidden className="block truncate font-semibold">
              {user.full_name || user.username}
            </bdi>
            <span className="block truncate text-muted max-sm:hidden">
              {t(`role.${user.role}`)}
            </span>
          </span>
        )}
        <span className="sr-only">{t('yourAccount')}</span>
      </NavLink>
      <SignOutButton />
    </div>
  );
}
