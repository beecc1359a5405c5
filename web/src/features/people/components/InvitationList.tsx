import { MailPlus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LiveList } from '@/shared/ui/LiveList';
import { NothingFits } from '@/shared/ui/NothingFits';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { Invitation, InvitationState, SiteName } from '../api';
import { useInvitations } from '../hooks/useInvitations';

import { INVITATION_COLUMNS, InvitationRow } from './InvitationRow';
import { InviteDialog } from './InviteDialog';
import { RevokeDialog } from './RevokeDialog';

const COLUMNS = ['who', 'into', 'outcome', 'goodUntil', 'actions'] as const;

interface Props {
  state: InvitationState | null;
  sites: readonly SiteName[];
  siteName: (id: SiteName['id']) => string;
  isInviting: boolean;
  onInvited: () => void;
  onClear: () => void;
}

/** The invitations in a state. Give it the state as its key: it does not change to another. */
export function InvitationList(props: Props) {
  const { state, sites, siteName, isInviting, onInvited, onClear } = props;
  const { t } = useTranslation('people');
  const format = useFormat();
  const invitations = useInvitations(state);
  const [revoked, setRevoked] = useState<Invitation | null>(null);
  return (
    <>
      <LiveList
        shown={invitations}
        found={(count) => t('invitations.found', { count, formatted: format.count(count) })}
        isNarrowed={state !== null}
        nothing={<Nothing state={state} onClear={onClear} />}
        table={({ items, nextCursor }) => (
          <Table
            label={t('invitations.title')}
            rowCount={nextCursor === null ? items.length : undefined}
            busy={invitations.more.busy}
          >
            <TableHead
              template={INVITATION_COLUMNS}
              columns={COLUMNS.map((name) => t(`invitations.${name}`))}
            />
            <TableRows
              items={items}
              row={(invitation, index) => (
                <InvitationRow
                  key={invitation.id}
                  invitation={invitation}
                  siteName={siteName(invitation.site_id)}
                  index={index}
                  onRevoke={() => setRevoked(invitation)}
                />
              )}
            />
          </Table>
        )}
      />
      {isInviting && <InviteDialog sites={sites} onMade={invitations.reload} onClose={onInvited} />}
      {revoked && (
        <RevokeDialog
          invitation={revoked}
          onChanged={invitations.reload}
          onClose={() => setRevoked(null)}
        />
      )}
    </>
  );
}

function Nothing({ state, onClear }: Pick<Props, 'state' | 'onClear'>) {
  const { t } = useTranslation('people');
  if (state === null) {
    return (
      <EmptyState icon={MailPlus} title={t('invitations.emptyTitle')}>
        <p>{t('invitations.emptyDetail')}</p>
      </EmptyState>
    );
  }
  return (
    <NothingFits
      title={t('invitations.nothing')}
      narrowing={[{ name: t('field.state'), value: t(`invitations.state.${state}`) }]}
      clear={t('filter.clear')}
      onClear={onClear}
    />
  );
}
