import { WifiOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useOnline } from '@/shared/hooks/useOnline';

/** Stands above every page while the browser has no network. */
export function OfflineNotice() {
  const { t } = useTranslation();
  const online = useOnline();
  return (
    <div role="status">
      {!online && (
        <div className="bg-caution-soft text-caution">
          <p className="mx-auto flex max-w-[90rem] items-center gap-2 px-4 py-2.5 text-sm font-medium lg:px-8">
            <WifiOff aria-hidden className="size-4 shrink-0" />
            <span>
              {t('problem.offlineTitle')}. {t('problem.offlineDetail')}
            </span>
          </p>
        </div>
      )}
    </div>
  );
}
