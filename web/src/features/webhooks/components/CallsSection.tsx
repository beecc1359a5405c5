import { CircleAlert, CircleCheck, CircleSlash, Clock, Inbox, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useListing, withKept } from '@/shared/hooks/useListing';
import { compareTexts, type Listing, type Order } from '@/shared/listing';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LiveList } from '@/shared/ui/LiveList';
import { Section } from '@/shared/ui/Section';
import { StateLabel } from '@/shared/ui/StateLabel';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';
import type { Tone } from '@/shared/ui/tone';

import { fetchMessages, type Message } from '../api';
import { useTypeName } from '../hooks/useTypeName';
import { isWaiting } from '../webhooks';

const BUSY_MS = 4_000;
const CALM_MS = 15_000;
const COLUMNS = 'lg:grid-cols-[minmax(0,1.4fr)_11rem_minmax(0,1fr)_minmax(0,1.6fr)]';

/** Ids are ordered by time (UUID of version 7), also as text. */
const NEWEST_FIRST: Order<Message> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(second.id, first.id),
};

const LOOKS: Record<Message['state'], { tone: Tone; icon: LucideIcon }> = {
  waiting: { tone: 'active', icon: Clock },
  sent: { tone: 'positive', icon: CircleCheck },
  failed: { tone: 'critical', icon: CircleAlert },
  dropped: { tone: 'neutral', icon: CircleSlash },
};

/** The calls of the last month: what became of each, and when it is made again. */
export function CallsSection({ webhookId }: { webhookId: string }) {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const loaded = useListing({
    fetchPage: (page, signal) => fetchMessages(webhookId, page, signal),
    order: NEWEST_FIRST,
    moves: isWaiting,
    freshMs: (messages) => (messages.some(isWaiting) ? BUSY_MS : CALM_MS),
  });
  return (
    <Section title={t('calls.title')} intro={t('calls.intro')}>
      <LiveList
        shown={withKept(loaded, null)}
        found={(count) => t('calls.found', { count, formatted: format.count(count) })}
        isNarrowed={false}
        nothing={
          <EmptyState icon={Inbox} title={t('calls.emptyTitle')}>
            {t('calls.emptyDetail')}
          </EmptyState>
        }
        table={(listing) => <CallTable listing={listing} busy={loaded.more.busy} />}
      />
    </Section>
  );
}

function CallTable({ listing, busy }: { listing: Listing<Message>; busy: boolean }) {
  const { t } = useTranslation('webhooks');
  return (
    <Table
      label={t('calls.title')}
      rowCount={listing.nextCursor === null ? listing.items.length : undefined}
      busy={busy}
    >
      <TableHead
        template={COLUMNS}
        columns={[t('calls.what'), t('calls.state'), t('calls.when'), t('calls.reason')]}
      />
      <TableRows
        items={listing.items}
        row={(message, index) => <CallRow key={message.id} message={message} index={index} />}
      />
    </Table>
  );
}

function CallRow({ message, index }: { message: Message; index: number }) {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const nameOf = useTypeName();
  const { tone, icon } = LOOKS[message.state];
  return (
    <TableRow
      template={COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5"
    >
      <TableCell className="text-sm font-semibold max-lg:basis-full">
        {nameOf(message.type)}
      </TableCell>
      <TableCell className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm lg:flex-col lg:items-start">
        <StateLabel tone={tone} icon={icon}>
          {t(`calls.states.${message.state}`)}
        </StateLabel>
        {message.attempts > 1 && (
          <span className="text-muted">
            {t('calls.attempts', {
              count: message.attempts,
              formatted: format.count(message.attempts),
            })}
          </span>
        )}
      </TableCell>
      <TableCell className="text-sm text-muted">
        <time dateTime={message.created_at}>{format.dateTime(message.created_at)}</time>
        {isWaiting(message) && message.attempts > 0 && (
          <span className="block">
            {t('calls.again', { time: format.timeOfDay(new Date(message.next_at)) })}
          </span>
        )}
      </TableCell>
      <TableCell className="text-sm break-words max-lg:basis-full">
        <bdi>{message.last_reason}</bdi>
      </TableCell>
    </TableRow>
  );
}
