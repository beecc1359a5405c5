import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { usePreferences } from '@/shared/hooks/usePreferences';
import { DAILY_MEGABYTES, isDailyLimit } from '@/shared/preferences';
import { Field } from '@/shared/ui/Field';
import { Switch } from '@/shared/ui/Switch';

/** The cap on what this device sends in a day, for whoever pays by the megabyte. */
export function DataSaver() {
  const { t } = useTranslation('account');
  const { dataSaver, change } = usePreferences();
  return (
    <div className="flex flex-col gap-4 border-t border-line pt-3">
      <Switch
        label={t('device.dataSaver')}
        hint={t('device.dataSaverHint')}
        checked={dataSaver.on}
        onChange={(on) => change({ dataSaver: { ...dataSaver, on } })}
      />
      {dataSaver.on && <DailyLimit />}
    </div>
  );
}

/** Takes effect while one types, as soon as it is a limit at all; until then the last one holds. */
function DailyLimit() {
  const { t } = useTranslation('account');
  const format = useFormat();
  const { dataSaver, change } = usePreferences();
  const [draft, setDraft] = useState(String(dataSaver.dailyMegabytes));
  const wrong = !isDailyLimit(Number(draft));

  return (
    <Field
      label={t('device.dailyMegabytes')}
      name="dailyMegabytes"
      inputMode="numeric"
      autoComplete="off"
      dir="ltr"
      value={draft}
      error={
        wrong
          ? t('device.dailyMegabytesWrong', {
              min: format.count(DAILY_MEGABYTES.min),
              max: format.count(DAILY_MEGABYTES.max),
            })
          : undefined
      }
      onChange={({ target }) => {
        setDraft(target.value);
        const dailyMegabytes = Number(target.value);
        if (isDailyLimit(dailyMegabytes)) change({ dataSaver: { ...dataSaver, dailyMegabytes } });
      }}
    />
  );
}
