import { ListChecks } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LiveList } from '@/shared/ui/LiveList';
import { NothingFits } from '@/shared/ui/NothingFits';

import type { Site } from '../api';
import { useNarrowing } from '../hooks/useNarrowing';
import { useShortcuts } from '../hooks/useShortcuts';
import { useWorklist } from '../hooks/useWorklist';
import { addressOf, narrowedBy, type View } from '../view';

import { WorklistTable } from './WorklistTable';

interface Props {
  view: View;
  sites: readonly Site[];
  onClear: () => void;
}

/** The studies that a view shows. Give it a key of its own for each: it does not change to another. */
export function Worklist({ view, sites, onClear }: Props) {
  const { t } = useTranslation('worklist');
  const format = useFormat();
  const studies = useWorklist(view);
  useShortcuts({ r: studies.reload });
  return (
    <LiveList
      shown={studies}
      found={(count) => t('found', { count, formatted: format.count(count) })}
      isNarrowed={narrowedBy(view).length > 0}
      nothing={<Nothing view={view} sites={sites} onClear={onClear} />}
      table={(listing) => (
        <WorklistTable
          name={addressOf(view).toString()}
          listing={listing}
          busy={studies.more.busy}
          onChanged={studies.reload}
        />
      )}
    />
  );
}

function Nothing({ view, sites, onClear }: Props) {
  const { t } = useTranslation('worklist');
  const narrowing = useNarrowing(view, sites);
  if (narrowing.length > 0) {
    return (
      <NothingFits
        title={t('nothingFits')}
        narrowing={narrowing}
        clear={t('filter.clear')}
        onClear={onClear}
      />
    );
  }
  return (
    <EmptyState icon={ListChecks} title={t(`empty.${view.share}.title`)}>
      <p>{t(`empty.${view.share}.detail`)}</p>
    </EmptyState>
  );
}
