import { Pencil } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import type { Listing } from '@/shared/listing';
import { Button } from '@/shared/ui/Button';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { Site } from '../api';

const COLUMNS = 'lg:grid-cols-[minmax(0,3fr)_minmax(0,1fr)_minmax(0,1.5fr)_11rem]';

interface Props {
  listing: Listing<Site>;
  busy: boolean;
  onRename: (site: Site) => void;
}

export function SiteTable({ listing, busy, onRename }: Props) {
  const { t } = useTranslation('people');
  return (
    <Table
      label={t('sites.title')}
      rowCount={listing.nextCursor === null ? listing.items.length : undefined}
      busy={busy}
    >
      <TableHead
        template={COLUMNS}
        columns={[t('sites.name'), t('sites.people'), t('sites.since'), t('sites.actions')]}
      />
      <TableRows
        items={listing.items}
        row={(site, index) => (
          <SiteRow key={site.id} site={site} index={index} onRename={() => onRename(site)} />
        )}
      />
    </Table>
  );
}

interface RowProps {
  site: Site;
  index: number;
  onRename: () => void;
}

function SiteRow({ site, index, onRename }: RowProps) {
  const { t } = useTranslation('people');
  const format = useFormat();
  return (
    <TableRow
      template={COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-4 gap-y-1"
    >
      <TableCell className="font-semibold max-lg:basis-full">
        <bdi className="break-words">{site.name}</bdi>
      </TableCell>
      <TableCell className="text-sm">
        <Link
          to={`/admin/users?site=${site.id}`}
          aria-label={t('sites.showPeople', { name: site.name })}
          className="inline-flex min-h-11 items-center font-medium text-brand underline"
        >
          {t('sites.count', { count: site.users, formatted: format.count(site.users) })}
        </Link>
      </TableCell>
      <TableCell className="text-sm text-muted">
        <time dateTime={site.created_at}>{format.dateTime(site.created_at)}</time>
      </TableCell>
      <TableCell>
        <Button onClick={onRename} aria-label={t('sites.renameNamed', { name: site.name })}>
          <Pencil aria-hidden className="size-4" />
          {t('sites.rename')}
        </Button>
      </TableCell>
    </TableRow>
  );
}
