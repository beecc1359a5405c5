import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';

import { PageHeading } from '@/shared/ui/PageHeading';

import { StatusFilter } from '../components/StatusFilter';
import { UploadList } from '../components/UploadList';
import { statusFrom } from '../filter';

export default function UploadsPage() {
  const { t } = useTranslation('uploads');
  const [search] = useSearchParams();
  const status = statusFrom(search);

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('list.title')} />
        <StatusFilter selected={status} />
      </div>
      <UploadList key={status ?? 'all'} status={status} />
    </div>
  );
}
