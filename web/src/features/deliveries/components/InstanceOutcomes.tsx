import { Files } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { CauseLabel } from '@/shared/pacs/CauseLabel';
import { knownCause } from '@/shared/pacs/causes';
import { Choice } from '@/shared/ui/Choice';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LiveList } from '@/shared/ui/LiveList';
import { Section } from '@/shared/ui/Section';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { Instance, Outcome } from '../api';
import { useInstances } from '../hooks/useInstances';

const OUTCOMES = [
  'waiting',
  'delivered',
  'listed',
  'read_back',
  'refused',
] as const satisfies readonly Outcome[];
const TEMPLATE = 'lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,2fr)_minmax(0,1fr)]';

/** What became of each instance. */
export function InstanceOutcomes({ deliveryId }: { deliveryId: string }) {
  const { t } = useTranslation('deliveries');
  const [outcome, setOutcome] = useState<Outcome | ''>('');
  return (
    <Section title={t('instances.title')}>
      <div className="max-w-xs">
        <Choice
          label={t('instances.outcome')}
          value={outcome}
          options={[
            { value: '', name: t('filter.all') },
            ...OUTCOMES.map((value) => ({ value, name: t(`outcome.${value}`) })),
          ]}
          onChange={setOutcome}
        />
      </div>
      <Outcomes key={outcome} deliveryId={deliveryId} outcome={outcome || null} />
    </Section>
  );
}

function Outcomes({ deliveryId, outcome }: { deliveryId: string; outcome: Outcome | null }) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const shown = useInstances(deliveryId, outcome);
  const columns = ['instance', 'outcome', 'reason', 'changed'] as const;
  return (
    <LiveList
      shown={shown}
      found={(count) => t('instanceCount', { count, formatted: format.count(count) })}
      isNarrowed={outcome !== null}
      nothing={<EmptyState icon={Files} title={t('instances.none')} />}
      table={({ items, nextCursor }) => (
        <Table
          label={t('instances.title')}
          rowCount={nextCursor === null ? items.length : undefined}
        >
          <TableHead columns={columns.map((name) => t(`instances.${name}`))} template={TEMPLATE} />
          <TableRows
            items={items}
            row={(instance, index) => <Row key={instance.id} instance={instance} index={index} />}
          />
        </Table>
      )}
    />
  );
}

function Row({ instance, index }: { instance: Instance; index: number }) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const cause = knownCause(instance.cause);
  return (
    <TableRow template={TEMPLATE} index={index}>
      <TableCell>
        <code dir="ltr" className="text-sm break-all">
          {instance.sop_instance_uid}
        </code>
      </TableCell>
      <TableCell className="text-sm font-medium">{t(`outcome.${instance.outcome}`)}</TableCell>
      <TableCell className="flex flex-col items-start gap-1 text-sm">
        {cause && <CauseLabel cause={cause} />}
        <bdi className="break-words text-muted">{instance.reason}</bdi>
      </TableCell>
      <TableCell className="text-sm text-muted">{format.dateTime(instance.changed_at)}</TableCell>
    </TableRow>
  );
}
