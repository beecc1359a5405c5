import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { TableCell, TableRow } from '@/shared/ui/Table';

import type { Invitation } from '../api';

import { InvitationStateLabel } from './InvitationStateLabel';

export const INVITATION_COLUMNS =
  'lg:grid-cols-[minmax(0,2fr)_minmax(0,1.4fr)_minmax(0,1.6fr)_minmax(0,1.4fr)_9rem]';

interface Props {
  invitation: Invitation;
  siteName: string;
  index: number;
  onRevoke: () => void;
}

/** One invitation: for whom, into what, and what has become of it. */
export function InvitationRow({ invitation, siteName, index, onRevoke }: Props) {
  const { t } = useTranslation(['people', 'identity']);
  const format = useFormat();
  const who = invitation.email ?? t('invitations.anybody');
  return (
    <TableRow
      template={INVITATION_COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-4 gap-y-1.5"
    >
      <TableCell className="max-lg:basis-full">
        <bdi className="font-semibold break-words">{who}</bdi>
        <p className="text-sm text-muted">
          {t('invitations.by', {
            name: invitation.created_by_name,
            time: format.dateTime(invitation.created_at),
          })}
        </p>
      </TableCell>
      <TableCell className="text-sm">
        {t(`identity:role.${invitation.role}`)}
        <bdi className="block break-words text-muted rtl:text-right">{siteName}</bdi>
      </TableCell>
      <TableCell className="flex flex-wrap items-center gap-x-2">
        <InvitationStateLabel state={invitation.state} />
        <AcceptedBy invitation={invitation} />
      </TableCell>
      <TableCell className="text-sm text-muted">
        <span className="lg:sr-only">{t('invitations.goodUntil')} </span>
        <time dateTime={invitation.expires_at}>{format.dateTime(invitation.expires_at)}</time>
      </TableCell>
      <TableCell>
        {invitation.state === 'open' && (
          <Button onClick={onRevoke} aria-label={t('invitations.revokeNamed', { who })}>
            {t('invitations.revoke')}
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}

function AcceptedBy({ invitation }: { invitation: Invitation }) {
  if (!invitation.accepted_by) return null;
  return (
    <Link
      to={`/admin/users/${invitation.accepted_by}`}
      className="inline-flex min-h-11 items-center text-sm font-medium break-words text-brand underline"
    >
      <bdi>{invitation.accepted_by_name}</bdi>
    </Link>
  );
}
