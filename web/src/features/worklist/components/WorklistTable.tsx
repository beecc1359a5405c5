import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useNow } from '@/shared/hooks/useNow';
import type { Listing } from '@/shared/listing';
import { Table, TableHead } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';

import type { Study } from '../api';
import { useRowFocus } from '../hooks/useRowFocus';
import { useShortcuts } from '../hooks/useShortcuts';

import { DeedDialog } from './DeedDialog';
import type { Deed } from './RowActions';
import { WORKLIST_COLUMNS, WorklistRow } from './WorklistRow';

const COLUMNS = ['due', 'patient', 'study', 'images', 'site', 'state'] as const;
const MINUTE_MS = 60_000;

interface Props {
  /** Which list it is: the same for the same view. */
  name: string;
  listing: Listing<Study>;
  busy: boolean;
  onChanged: () => void;
}

/** The studies that are loaded, as many as there may be, with one that the keyboard is at. */
export function WorklistTable({ name, listing, busy, onChanged }: Props) {
  const { t } = useTranslation('worklist');
  const now = useNow(MINUTE_MS);
  const [asked, setAsked] = useState<{ deed: Deed; study: Study } | null>(null);
  const [ask] = useState(() => (deed: Deed, study: Study) => setAsked({ deed, study }));
  const keys = useMemo(() => listing.items.map(({ id }) => id), [listing.items]);
  const { index: current, rows, step } = useRowFocus(name, keys);
  useShortcuts({ j: () => step(1), k: () => step(-1) });

  return (
    <>
      <div {...rows}>
        <Table
          label={t('title')}
          rowCount={listing.nextCursor === null ? listing.items.length : undefined}
          busy={busy}
        >
          <TableHead
            template={WORKLIST_COLUMNS}
            columns={COLUMNS.map((column) => t(`column.${column}`))}
          />
          <TableRows
            items={listing.items}
            pinned={current}
            row={(study, index) => (
              <WorklistRow
                key={study.id}
                study={study}
                index={index}
                now={now}
                isCurrent={index === current}
                onAsk={ask}
              />
            )}
          />
        </Table>
      </div>
      {asked && <DeedDialog {...asked} onDone={onChanged} onClose={() => setAsked(null)} />}
    </>
  );
}
