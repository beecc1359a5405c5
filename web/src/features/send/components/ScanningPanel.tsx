import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { Progress } from '@/shared/ui/Progress';

import { useSelection } from '../hooks/useSelection';
import type { ScanProgress } from '../scan/types';

/** How far the reading is, and the way to stop it. */
export function ScanningPanel({ progress }: { progress: ScanProgress | null }) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const { cancel } = useSelection();
  return (
    <section
      aria-label={t('scanning.title')}
      className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 role="status" className="text-lg font-semibold">
          {t('scanning.title')}
        </h2>
        <p className="text-sm text-muted tabular-nums">
          {progress
            ? t('scanning.progress', {
                done: format.count(progress.done),
                total: format.count(progress.total),
              })
            : t('scanning.collecting')}
        </p>
      </div>
      <Progress
        value={progress?.done ?? 0}
        max={progress?.total ?? 0}
        label={t('scanning.title')}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm tabular-nums">
          {t('scanning.found', {
            count: progress?.found ?? 0,
            formatted: format.count(progress?.found ?? 0),
          })}
        </p>
        <Button onClick={cancel}>{t('scanning.cancel')}</Button>
      </div>
    </section>
  );
}
