import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Section } from '@/shared/ui/Section';
import { ServiceLevel } from '@/shared/ui/ServiceLevel';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';

import type { Queue } from '../api';
import { Ago } from './Ago';
import { LabelledCell } from './LabelledCell';

interface Props {
  queue: Queue;
  at: string;
}

/** How much waits, and since when: by how urgent it is, and by what it waits for. */
export function QueueSection({ queue, at }: Props) {
  const { t } = useTranslation('system');
  const channels = queue.messages.map(({ channel, ...rest }) => ({
    ...rest,
    name: t(`channel.${channel}`),
  }));
  const stages = queue.uploads.map(({ stage, ...rest }) => ({
    ...rest,
    name: t(`stage.${stage as 'receiving'}`),
  }));
  return (
    <Section title={t('queue.title')} intro={t('queue.intro')}>
      <LevelTable queue={queue} at={at} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <WaitingTable label={t('queue.uploads')} since={t('queue.opened')} rows={stages} at={at} />
        <WaitingTable
          label={t('queue.messages')}
          since={t('queue.oldest')}
          rows={channels}
          at={at}
        />
      </div>
    </Section>
  );
}

const LEVEL_COLUMNS = 'lg:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1fr)_8rem_8rem_minmax(0,1fr)]';

function LevelTable({ queue, at }: Props) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const names = {
    level: t('queue.level'),
    deliveries: t('queue.deliveries'),
    oldestDelivery: t('queue.oldestDelivery'),
    refused: t('queue.refused'),
    checks: t('queue.checks'),
    oldestCheck: t('queue.oldestCheck'),
  };
  return (
    <Table label={t('queue.byLevel')} rowCount={queue.deliveries.length}>
      <TableHead template={LEVEL_COLUMNS} columns={Object.values(names)} />
      <div role="rowgroup" className="divide-y divide-line">
        {queue.deliveries.map((deliveries, index) => {
          const { service_level: level } = deliveries;
          const checks = queue.checks.find((each) => each.service_level === level);
          return (
            <TableRow key={level} template={LEVEL_COLUMNS} index={index}>
              <TableCell className="text-sm font-semibold max-lg:pb-1">
                <ServiceLevel level={level} />
              </TableCell>
              <LabelledCell label={names.deliveries}>
                {format.count(deliveries.waiting)}
              </LabelledCell>
              <LabelledCell label={names.oldestDelivery}>
                {deliveries.oldest && <Ago moment={deliveries.oldest} at={at} />}
              </LabelledCell>
              <LabelledCell label={names.refused}>{format.count(deliveries.refused)}</LabelledCell>
              <LabelledCell label={names.checks}>{format.count(checks?.waiting ?? 0)}</LabelledCell>
              <LabelledCell label={names.oldestCheck}>
                {checks?.oldest ? <Ago moment={checks.oldest} at={at} /> : null}
              </LabelledCell>
            </TableRow>
          );
        })}
      </div>
    </Table>
  );
}

interface WaitingProps {
  label: string;
  /** What the moment of a row is. */
  since: string;
  rows: readonly { name: string; waiting: number; oldest: string | null }[];
  at: string;
}

const WAITING_COLUMNS = 'lg:grid-cols-[minmax(0,1fr)_5rem_minmax(0,1fr)]';

function WaitingTable({ label, since, rows, at }: WaitingProps) {
  const { t } = useTranslation('system');
  const format = useFormat();
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h3 className="text-sm font-semibold lg:sr-only">{label}</h3>
      <Table label={label} rowCount={rows.length}>
        <TableHead template={WAITING_COLUMNS} columns={[label, t('queue.waiting'), since]} />
        <div role="rowgroup" className="divide-y divide-line">
          {rows.map(({ name, waiting, oldest }, index) => (
            <TableRow key={name} template={WAITING_COLUMNS} index={index}>
              <TableCell className="text-sm font-semibold max-lg:pb-1">{name}</TableCell>
              <LabelledCell label={t('queue.waiting')}>{format.count(waiting)}</LabelledCell>
              <LabelledCell label={since}>{oldest && <Ago moment={oldest} at={at} />}</LabelledCell>
            </TableRow>
          ))}
        </div>
      </Table>
    </div>
  );
}
