import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import type { Listing } from '@/shared/listing';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { User } from '../api';
import type { Approval } from '../hooks/useApproval';

import { USER_COLUMNS, UserRow } from './UserRow';

const COLUMNS = ['name', 'role', 'site', 'state', 'lastSignIn'] as const;

interface Props {
  listing: Listing<User>;
  busy: boolean;
  approval: Approval;
  siteName: (id: User['site_id']) => string;
}

/** The accounts that are loaded, as many as there may be. */
export function UserTable({ listing, busy, approval, siteName }: Props) {
  const { t } = useTranslation('people');
  const own = useCurrentUser()?.id;
  return (
    <Table
      label={t('list.title')}
      rowCount={listing.nextCursor === null ? listing.items.length : undefined}
      busy={busy}
    >
      <TableHead template={USER_COLUMNS} columns={COLUMNS.map((name) => t(`field.${name}`))} />
      <TableRows
        items={listing.items}
        row={(user, index) => (
          <UserRow
            key={user.id}
            user={user}
            siteName={siteName(user.site_id)}
            index={index}
            isOwn={user.id === own}
            busy={approval.busy === user.id}
            onApprove={approval.approve}
          />
        )}
      />
    </Table>
  );
}
