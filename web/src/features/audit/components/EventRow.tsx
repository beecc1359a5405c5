import { CircleX, FileWarning } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { StateLabel } from '@/shared/ui/StateLabel';
import { TableCell, TableRow } from '@/shared/ui/Table';

import type { AuditEvent } from '../api';
import { useEventWords } from '../hooks/useEventWords';

export const EVENT_COLUMNS =
  'lg:grid-cols-[minmax(0,2.4fr)_minmax(0,1.4fr)_minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1.2fr)]';

interface Props {
  event: AuditEvent;
  index: number;
  onOpen: () => void;
}

/** One event; the whole row opens what else stands in the trail of it. */
export function EventRow({ event, index, onOpen }: Props) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const words = useEventWords();
  return (
    <TableRow
      template={EVENT_COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-3 gap-y-1 hover:bg-sunken has-focus-visible:bg-sunken"
    >
      <TableCell className="flex flex-wrap items-center gap-x-2 gap-y-1 max-lg:basis-full">
        <button
          type="button"
          onClick={onOpen}
          className="min-h-11 min-w-0 text-start font-semibold break-words text-ink after:absolute after:inset-0 hover:underline lg:min-h-6"
        >
          {words.deed(event)}
        </button>
        {event.outcome === 'failure' && (
          <StateLabel tone="critical" icon={CircleX}>
            {t('outcome.failure')}
          </StateLabel>
        )}
        {!event.is_readable && (
          <StateLabel tone="critical" icon={FileWarning}>
            {t('unreadable.position', { position: String(event.position) })}
          </StateLabel>
        )}
      </TableCell>
      <TableCell className="text-sm break-words">
        {event.is_readable && <bdi>{words.actor(event)}</bdi>}
      </TableCell>
      <TableCell className="text-sm break-words text-muted">
        {event.object_id && (
          <>
            {words.kind(event)} <bdi className="font-mono">{shortened(event.object_id)}</bdi>
          </>
        )}
      </TableCell>
      <TableCell className="text-sm break-all text-muted">
        <bdi>{event.address}</bdi>
      </TableCell>
      <TableCell className="text-sm text-muted">
        {event.at && <time dateTime={event.at}>{format.dateTime(event.at)}</time>}
      </TableCell>
    </TableRow>
  );
}

/** The end of an id tells two apart: ids that are made at one time begin alike. */
function shortened(id: string): string {
  return id.length > 12 ? `…${id.slice(-8)}` : id;
}
