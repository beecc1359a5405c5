import { useTranslation } from 'react-i18next';

import { PageHeading } from '@/shared/ui/PageHeading';

import { QueueSection } from '../components/QueueSection';

export default function SendPage() {
  const { t } = useTranslation('queue');
  return (
    <div className="flex flex-col gap-6">
      <PageHeading title={t('page')} />
      <QueueSection />
    </div>
  );
}
