import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { LiveList } from '@/shared/ui/LiveList';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { User } from '../api';
import { narrowedBy, type UserFilter } from '../filter';
import { useApproval } from '../hooks/useApproval';
import { useUsers } from '../hooks/useUsers';

import { NobodyFits } from './NobodyFits';
import { UserTable } from './UserTable';

interface Props {
  filter: UserFilter;
  siteName: (id: User['site_id']) => string;
  onClear: () => void;
  /** Somebody was let in: other counts hold now. */
  onApproved: () => void;
}

/** The accounts that a filter lets through. Give it the filter as its key: it does not change to another. */
export function UserList({ filter, siteName, onClear, onApproved }: Props) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const users = useUsers(filter);
  const approval = useApproval(() => {
    users.reload();
    onApproved();
  });
  return (
    <>
      {Boolean(approval.failure) && <ProblemAlert assertive error={approval.failure} />}
      <LiveList
        shown={users}
        found={(count) => t('list.found', { count, formatted: format.count(count) })}
        isNarrowed={narrowedBy(filter).length > 0}
        nothing={<NobodyFits filter={filter} siteName={siteName} onClear={onClear} />}
        table={(listing) => (
          <UserTable
            listing={listing}
            busy={users.more.busy}
            approval={approval}
            siteName={siteName}
          />
        )}
      />
    </>
  );
}
