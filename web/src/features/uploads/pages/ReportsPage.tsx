import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { PageHeading } from '@/shared/ui/PageHeading';

import { ReportFilters } from '../components/ReportFilters';
import { ReportList } from '../components/ReportList';
import { useTreats } from '../hooks/useTreats';
import { addressOfReports, reportFilterFrom } from '../reports';

/** What has become of what somebody has sent. Whoever reads has the worklist instead. */
export default function ReportsPage() {
  const { t } = useTranslation('uploads');
  const [address, setAddress] = useSearchParams();
  const filter = useMemo(() => reportFilterFrom(address), [address]);
  const isKnown = useCurrentUser() !== null;
  const treats = useTreats();
  if (isKnown && !treats) return <Navigate to="/worklist" replace />;

  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('reports.title')} />
      <ReportFilters
        filter={filter}
        onChange={(changed) => setAddress(addressOfReports(changed))}
      />
      {isKnown && (
        <ReportList
          key={addressOfReports(filter).toString()}
          filter={filter}
          onClear={() => setAddress({})}
        />
      )}
    </div>
  );
}
