import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { useNow } from '@/shared/hooks/useNow';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';

import type { Webhook } from '../api';
import { useTypeName } from '../hooks/useTypeName';
import { standingOf } from '../webhooks';
import { StandingLabel } from './StandingLabel';

const COLUMNS = 'lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_14rem_minmax(0,1.6fr)]';
const MINUTE_MS = 60_000;

interface Props {
  webhooks: Webhook[];
  /** Names by id. */
  sites: ReadonlyMap<string, string>;
}

/** Every webhook; the whole row leads to its page. */
export function WebhookTable({ webhooks, sites }: Props) {
  const { t } = useTranslation('webhooks');
  return (
    <Table label={t('title')} rowCount={webhooks.length}>
      <TableHead
        template={COLUMNS}
        columns={[t('column.address'), t('column.site'), t('column.state'), t('column.types')]}
      />
      <div role="rowgroup" className="divide-y divide-line">
        {webhooks.map((webhook, index) => (
          <WebhookRow
            key={webhook.id}
            webhook={webhook}
            site={sites.get(webhook.site_id) ?? ''}
            index={index}
          />
        ))}
      </div>
    </Table>
  );
}

function WebhookRow({ webhook, site, index }: { webhook: Webhook; site: string; index: number }) {
  const { t } = useTranslation('webhooks');
  const format = useFormat();
  const nameOf = useTypeName();
  const now = useNow(MINUTE_MS);
  const since = webhook.parked_at ?? webhook.failing_since;
  return (
    <TableRow
      template={COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 hover:bg-sunken has-focus-visible:bg-sunken"
    >
      <TableCell className="max-lg:basis-full">
        <Link
          to={`/admin/webhooks/${webhook.id}`}
          dir="ltr"
          className="line-clamp-2 font-semibold break-all text-ink after:absolute after:inset-0 hover:underline rtl:text-right"
        >
          {webhook.url}
        </Link>
      </TableCell>
      <TableCell className="text-sm max-lg:basis-full">
        <bdi>{site}</bdi>
      </TableCell>
      <TableCell className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted max-lg:basis-full lg:flex-col lg:items-start">
        <StandingLabel standing={standingOf(webhook)} />
        {webhook.enabled && since && <span>{format.timeAgo(since, now)}</span>}
        {!since && webhook.last_success_at && (
          <span>{t('lastTaken', { time: format.timeAgo(webhook.last_success_at, now) })}</span>
        )}
      </TableCell>
      <TableCell className="line-clamp-2 text-sm text-muted max-lg:basis-full">
        {webhook.types.map(nameOf).join(' · ')}
      </TableCell>
    </TableRow>
  );
}
