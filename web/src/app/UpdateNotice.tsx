import { Sparkles } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

import { useBusy } from '@/shared/hooks/useBusy';
import { Button } from '@/shared/ui/Button';

import { updates } from './updates';

/** Says that a new version waits. It never comes by itself, and never while something is being sent. */
export function UpdateNotice() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(updates.subscribe, updates.state);
  const sending = useBusy();
  return (
    <div role="status">
      {state !== 'none' && (
        <div className="bg-active-soft text-active">
          <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2 text-sm font-medium lg:px-8">
            <Sparkles aria-hidden className="size-4 shrink-0" />
            <p className="min-w-0 grow basis-52">
              {state === 'asked' ? t('update.asked') : t('update.ready')}
            </p>
            {state !== 'asked' && (
              <Button onClick={() => void updates.apply()}>
                {sending && state === 'ready' ? t('update.afterSending') : t('update.apply')}
              </Button>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
