import { MailPlus, UserPlus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useLoaded } from '@/shared/hooks/useLoaded';
import { buttonLook } from '@/shared/ui/Button';
import { PageHeading } from '@/shared/ui/PageHeading';

import { fetchUserCounts } from '../api';
import { UserFilters } from '../components/UserFilters';
import { UserList } from '../components/UserList';
import { Waiting } from '../components/Waiting';
import { useSiteNames } from '../hooks/useSiteNames';
import { useUserFilter } from '../hooks/useUserFilter';

/** Everybody who has an account, and those who wait for one. */
export default function UsersPage() {
  const { t } = useTranslation('people');
  const { filter, change, clear } = useUserFilter();
  const { sites, nameOf } = useSiteNames();
  // The list tells of what stands in the way: without the counts it is only not said who waits.
  const { value: counts, reload } = useLoaded(fetchUserCounts);

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('list.title')} />
        <div className="flex flex-wrap gap-3">
          <Link to="/admin/invitations" className={buttonLook('secondary')}>
            <MailPlus aria-hidden className="size-4" />
            {t('invite')}
          </Link>
          <Link to="/admin/users/new" className={buttonLook('primary')}>
            <UserPlus aria-hidden className="size-4" />
            {t('newUser.title')}
          </Link>
        </div>
      </div>
      {Boolean(counts?.pending) && filter.state !== 'pending' && (
        <Waiting count={counts?.pending ?? 0} />
      )}
      <UserFilters filter={filter} sites={sites ?? []} onChange={change} onClear={clear} />
      <UserList
        key={JSON.stringify(filter)}
        filter={filter}
        siteName={nameOf}
        onClear={clear}
        onApproved={reload}
      />
    </div>
  );
}
