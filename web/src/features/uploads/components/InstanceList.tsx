import {
  CircleCheck,
  CircleMinus,
  CircleX,
  Clock,
  Send,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { LoadMore } from '@/shared/ui/LoadMore';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Skeleton } from '@/shared/ui/Skeleton';
import { StateLabel } from '@/shared/ui/StateLabel';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';
import type { Tone } from '@/shared/ui/tone';

import type { Instance, Upload } from '../api';
import { useInstances, type LoadedInstances } from '../hooks/useInstances';

const TEMPLATE = 'lg:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_minmax(0,1.2fr)_6rem]';
const COLUMNS = ['file', 'verdict', 'outcome', 'size'] as const;

interface Look {
  tone: Tone;
  icon: LucideIcon;
}

const verdicts: Record<Instance['verdict'], Look> = {
  accepted: { tone: 'positive', icon: CircleCheck },
  warning: { tone: 'caution', icon: TriangleAlert },
  rejected: { tone: 'critical', icon: CircleX },
};

const outcomes: Record<Instance['outcome'] | 'notSent', Look> = {
  waiting: { tone: 'neutral', icon: Clock },
  delivered: { tone: 'active', icon: Send },
  verified: { tone: 'positive', icon: CircleCheck },
  refused: { tone: 'critical', icon: CircleX },
  notSent: { tone: 'neutral', icon: CircleMinus },
};

/** What became of every image: the check's verdict with its reason, and the PACS's outcome. */
export function InstanceList({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const version = JSON.stringify([upload.status, upload.stage, upload.counts]);
  const { loaded, error, reload, more } = useInstances(upload.upload_id, version);
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{t('detail.instances')}</h2>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!loaded && !error && <Skeleton className="h-40 w-full" />}
      {loaded?.items.length === 0 && <p className="text-muted">{t('detail.instancesEmpty')}</p>}
      {loaded && loaded.items.length > 0 && <InstanceTable loaded={loaded} busy={more.busy} />}
      {loaded?.nextCursor && <LoadMore busy={more.busy} error={more.error} onMore={more.load} />}
    </section>
  );
}

function InstanceTable({ loaded, busy }: { loaded: LoadedInstances; busy: boolean }) {
  const { t } = useTranslation('uploads');
  return (
    <Table
      label={t('detail.instances')}
      rowCount={loaded.nextCursor === null ? loaded.items.length : undefined}
      busy={busy}
    >
      <TableHead
        template={TEMPLATE}
        columns={COLUMNS.map((column) => t(`detail.column.${column}`))}
      />
      <TableRows
        items={loaded.items}
        row={(instance, index) => <InstanceRow key={index} instance={instance} index={index} />}
      />
    </Table>
  );
}

const InstanceRow = memo(function InstanceRow({
  instance,
  index,
}: {
  instance: Instance;
  index: number;
}) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const verdict = verdicts[instance.verdict];
  const outcomeKey = instance.verdict === 'rejected' ? 'notSent' : instance.outcome;
  const outcome = outcomes[outcomeKey];
  return (
    <TableRow template={TEMPLATE} index={index} className="flex flex-col gap-1.5 lg:items-start">
      <TableCell>
        <bdi className="block font-medium break-all">{instance.member ?? instance.file_name}</bdi>
        {instance.member && (
          <bdi className="block text-sm break-all text-muted">{instance.file_name}</bdi>
        )}
        {instance.sop_instance_uid && (
          <bdi className="block text-xs break-all text-muted">{instance.sop_instance_uid}</bdi>
        )}
      </TableCell>
      <TableCell>
        <StateLabel {...verdict}>{t(`detail.verdict.${instance.verdict}`)}</StateLabel>
        {instance.reason && (
          <p dir="auto" className="mt-1 text-sm break-words">
            {instance.reason}
          </p>
        )}
      </TableCell>
      <TableCell>
        <StateLabel {...outcome}>{t(`detail.outcome.${outcomeKey}`)}</StateLabel>
      </TableCell>
      <TableCell className="text-sm text-muted">{format.bytes(instance.size)}</TableCell>
    </TableRow>
  );
});
