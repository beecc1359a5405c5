import { useTranslation } from 'react-i18next';

import { usePreferences } from '@/shared/hooks/usePreferences';
import { Dialog } from '@/shared/ui/Dialog';
import { Switch } from '@/shared/ui/Switch';

/** The keys of the worklist; `single` are those that can be turned off. */
const KEYS = [
  { does: 'rows', keys: ['↓', '↑'], single: false },
  { does: 'ends', keys: ['Home', 'End'], single: false },
  { does: 'open', keys: ['Enter'], single: false },
  { does: 'anywhere', keys: ['J', 'K'], single: true },
  { does: 'filters', keys: ['/'], single: true },
  { does: 'shares', keys: ['1', '2', '3'], single: true },
  { does: 'refresh', keys: ['R'], single: true },
  { does: 'help', keys: ['?'], single: true },
] as const;

/** What the keys do, and the way to have single ones do nothing. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('worklist');
  const { singleKeys, change } = usePreferences();
  const shown = KEYS.filter(({ single }) => singleKeys || !single);
  return (
    <Dialog title={t('keys.title')} onClose={onClose}>
      <dl className="flex flex-col divide-y divide-line">
        {shown.map(({ does, keys }) => (
          <div key={does} className="flex items-center justify-between gap-4 py-2">
            <dt>{t(`keys.${does}`)}</dt>
            <dd className="flex shrink-0 gap-1.5">
              {keys.map((key) => (
                <kbd
                  key={key}
                  dir="ltr"
                  className="inline-flex min-w-8 items-center justify-center rounded-md border border-line-strong bg-sunken px-2 py-0.5 font-sans font-semibold"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 border-t border-line pt-3">
        <Switch
          label={t('keys.single')}
          hint={t('keys.singleHint')}
          checked={singleKeys}
          onChange={(on) => change({ singleKeys: on })}
        />
      </div>
    </Dialog>
  );
}
