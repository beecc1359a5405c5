import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';

import { PageHeading } from '@/shared/ui/PageHeading';

import { AuditFilters } from '../components/AuditFilters';
import { EventList } from '../components/EventList';
import { ExportButtons } from '../components/ExportButtons';
import { VerifySection } from '../components/VerifySection';
import { addressOf, EVERYTHING, filterFrom } from '../filter';

/** Who did what, when and from where; and whether all of it is as it was written. */
export default function AuditPage() {
  const { t } = useTranslation('audit');
  const [address, setAddress] = useSearchParams();
  const filter = useMemo(() => filterFrom(address), [address]);
  const key = addressOf(filter).toString();
  const clear = () => setAddress(addressOf(EVERYTHING));
  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('title')} />
      <p className="max-w-prose text-sm text-muted">{t('intro')}</p>
      <VerifySection />
      <AuditFilters filter={filter} onChange={(wanted) => setAddress(addressOf(wanted))} />
      <ExportButtons filter={filter} />
      <EventList key={key} filter={filter} onClear={clear} />
    </div>
  );
}
