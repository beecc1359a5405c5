import { CircleAlert, CircleCheck, CircleDashed, CircleOff, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { Section } from '@/shared/ui/Section';
import { StateLabel } from '@/shared/ui/StateLabel';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import type { Tone } from '@/shared/ui/tone';

import type { Destination } from '../api';
import { PAGES } from '../concerns';
import { Ago } from './Ago';
import { LabelledCell } from './LabelledCell';

const COLUMNS = 'lg:grid-cols-[minmax(0,1.4fr)_11rem_6rem_minmax(0,1fr)_8rem_minmax(0,1fr)]';

const LOOKS: Record<Destination['health'], { tone: Tone; icon: LucideIcon }> = {
  up: { tone: 'positive', icon: CircleCheck },
  failing: { tone: 'critical', icon: CircleAlert },
  disabled: { tone: 'neutral', icon: CircleOff },
  unknown: { tone: 'neutral', icon: CircleDashed },
};

interface Props {
  destinations: Destination[];
  at: string;
}

/** How the places are doing to which studies go. */
export function DestinationsSection({ destinations, at }: Props) {
  const { t } = useTranslation('system');
  if (destinations.length === 0) {
    return (
      <Section title={t('destinations.title')}>
        <p className="text-sm text-muted">{t('destinations.empty')}</p>
      </Section>
    );
  }
  return (
    <Section title={t('destinations.title')}>
      <Table label={t('destinations.title')} rowCount={destinations.length}>
        <TableHead
          template={COLUMNS}
          columns={[
            t('destinations.name'),
            t('destinations.health'),
            t('queue.waiting'),
            t('queue.oldest'),
            t('queue.refused'),
            t('destinations.lastSuccess'),
          ]}
        />
        <div role="rowgroup" className="divide-y divide-line">
          {destinations.map((each, index) => (
            <DestinationRow key={each.id} destination={each} index={index} at={at} />
          ))}
        </div>
      </Table>
    </Section>
  );
}

interface RowProps {
  destination: Destination;
  index: number;
  at: string;
}

function DestinationRow({ destination, index, at }: RowProps) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const { health, last_success_at: lastSuccess, oldest_waiting: oldest } = destination;
  const { tone, icon } = LOOKS[health];
  return (
    <TableRow template={COLUMNS} index={index}>
      <TableCell className="text-sm font-semibold max-lg:pb-1">
        <Link
          to={PAGES.destinations}
          className="inline-flex min-h-11 max-w-full items-center text-brand underline lg:min-h-6"
        >
          <bdi className="min-w-0 break-words">{destination.name}</bdi>
        </Link>
        <span className="block font-normal text-muted">
          {destination.required ? t('destinations.required') : t('destinations.bestEffort')}
        </span>
      </TableCell>
      <TableCell className="flex flex-col items-start gap-1 text-sm max-lg:pb-1">
        <StateLabel tone={tone} icon={icon}>
          {t(`health.${health}`)}
        </StateLabel>
        {destination.failing_since && (
          <span className="text-muted">
            <Ago moment={destination.failing_since} at={at} />
          </span>
        )}
      </TableCell>
      <LabelledCell label={t('queue.waiting')}>{format.count(destination.waiting)}</LabelledCell>
      <LabelledCell label={t('queue.oldest')}>
        {oldest && <Ago moment={oldest} at={at} />}
      </LabelledCell>
      <LabelledCell label={t('queue.refused')}>{format.count(destination.refused)}</LabelledCell>
      <LabelledCell label={t('destinations.lastSuccess')}>
        {lastSuccess && <Ago moment={lastSuccess} at={at} />}
      </LabelledCell>
    </TableRow>
  );
}
