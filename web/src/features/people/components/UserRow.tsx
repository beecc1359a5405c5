import { UserCheck } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { TableCell, TableRow } from '@/shared/ui/Table';

import type { User } from '../api';
import { nameOf } from '../people';

import { AccountStateLabel } from './AccountStateLabel';

export const USER_COLUMNS =
  'lg:grid-cols-[minmax(0,2.2fr)_minmax(0,1fr)_minmax(0,1.3fr)_minmax(0,1.4fr)_minmax(0,1.2fr)]';

interface Props {
  user: User;
  siteName: string;
  index: number;
  isOwn: boolean;
  busy: boolean;
  /** Returns whether that is done. */
  onApprove: (user: User) => Promise<boolean>;
}

/** One account; the whole row leads to its page. Who waits for approval can be let in from here. */
export function UserRow({ user, siteName, index, isOwn, busy, onApprove }: Props) {
  const { t } = useTranslation(['people', 'identity']);
  const link = useRef<HTMLAnchorElement>(null);
  const name = nameOf(user);
  const approve = async () => {
    // The button goes with the state: the focus stays in its row.
    if (await onApprove(user)) link.current?.focus();
  };
  return (
    <TableRow
      template={USER_COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 hover:bg-sunken has-focus-visible:bg-sunken"
    >
      <TableCell className="max-lg:basis-full">
        <Link
          ref={link}
          to={`/admin/users/${user.id}`}
          className="line-clamp-2 font-semibold break-words text-ink after:absolute after:inset-0 hover:underline"
        >
          <bdi>{name}</bdi>
        </Link>
        <p className="truncate text-sm text-muted">
          <bdi>{user.username}</bdi>
          {isOwn && ` · ${t('list.you')}`}
          {user.email && (
            <>
              {' · '}
              <bdi>{user.email}</bdi>
            </>
          )}
        </p>
      </TableCell>
      <TableCell className="text-sm">{t(`identity:role.${user.role}`)}</TableCell>
      <TableCell className="text-sm">
        <bdi className="line-clamp-2 break-words rtl:text-right">{siteName}</bdi>
      </TableCell>
      <TableCell className="flex flex-wrap items-center gap-2">
        <AccountStateLabel state={user.state} />
        {user.state === 'pending' && (
          <Button
            busy={busy}
            onClick={() => void approve()}
            aria-label={t('approval.approveNamed', { name })}
            className="relative z-1"
          >
            <UserCheck aria-hidden className="size-4" />
            {t('approval.approve')}
          </Button>
        )}
      </TableCell>
      <LastSignIn at={user.last_sign_in_at} />
    </TableRow>
  );
}

function LastSignIn({ at }: { at: User['last_sign_in_at'] }) {
  const { t } = useTranslation('people');
  const format = useFormat();
  return (
    <TableCell className="text-sm text-muted">
      <span className="lg:sr-only">{t('field.lastSignIn')} </span>
      {at ? <time dateTime={at}>{format.dateTime(at)}</time> : t('list.never')}
    </TableCell>
  );
}
