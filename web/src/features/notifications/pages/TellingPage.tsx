import { useTranslation } from 'react-i18next';

import { useOnline } from '@/shared/hooks/useOnline';
import { Alert } from '@/shared/ui/Alert';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { BrowserCard } from '../components/BrowserCard';
import { ChoiceTable } from '../components/ChoiceTable';
import { EmailCard } from '../components/EmailCard';
import { useTelling } from '../hooks/useTelling';

/** By what the signed-in person is told of what, in the app and where nobody looks at it. */
export default function TellingPage() {
  const { t } = useTranslation('telling');
  const online = useOnline();
  const { telling, error, reload, saveError, choose } = useTelling();

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-1">
        <PageHeading title={t('title')} />
        <p className="max-w-prose text-muted">{t('intro')}</p>
      </div>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!telling && !error && <RowsSkeleton rows={8} />}
      {telling && (
        <>
          <div className="grid items-start gap-5 lg:grid-cols-2">
            <BrowserCard offer={telling.channels.push} />
            <EmailCard channel={telling.channels.email} />
          </div>
          {Boolean(saveError) && <ProblemAlert assertive error={saveError} />}
          {!online && <Alert tone="caution" title={t('offline')} />}
          <ChoiceTable telling={telling} disabled={!online} onChoose={choose} />
        </>
      )}
    </div>
  );
}
