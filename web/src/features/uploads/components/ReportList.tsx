import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { EmptyState } from '@/shared/ui/EmptyState';
import { LiveList } from '@/shared/ui/LiveList';
import { NothingFits } from '@/shared/ui/NothingFits';

import { useReports } from '../hooks/useReports';
import { useReportsAhead } from '../hooks/useReportsAhead';
import { narrowsReports, type ReportFilter } from '../reports';

import { ReportTable } from './ReportTable';

interface Props {
  filter: ReportFilter;
  onClear: () => void;
}

/** What has become of the studies that somebody has sent. Give it a key of its own for each filter. */
export function ReportList({ filter, onClear }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const reports = useReports(filter);
  useReportsAhead(reports.isKept ? [] : (reports.listing?.items ?? []));
  return (
    <LiveList
      shown={reports}
      found={(count) => t('reports.found', { count, formatted: format.count(count) })}
      isNarrowed={narrowsReports(filter)}
      nothing={<Nothing filter={filter} onClear={onClear} />}
      table={(listing) => <ReportTable listing={listing} busy={reports.more.busy} />}
    />
  );
}

function Nothing({ filter, onClear }: Props) {
  const { t } = useTranslation('uploads');
  const { status, mine } = filter;
  if (!narrowsReports(filter)) {
    return (
      <EmptyState icon={FileText} title={t('reports.emptyTitle')}>
        <p>{t('reports.emptyDetail')}</p>
      </EmptyState>
    );
  }
  const narrowing = [
    ...(status ? [{ name: t('filter.status.label'), value: t(`report.state.${status}`) }] : []),
    ...(mine ? [{ name: t('filter.mine'), value: null }] : []),
  ];
  return (
    <NothingFits
      title={t('reports.nothingFits')}
      narrowing={narrowing}
      clear={t('reports.clear')}
      onClear={onClear}
    />
  );
}
