import { useTranslation } from 'react-i18next';

import { usePreferences } from '@/shared/hooks/usePreferences';
import { SERVICE_LEVELS, THEMES } from '@/shared/preferences';
import { Choice } from '@/shared/ui/Choice';
import { LanguageSelect } from '@/shared/ui/LanguageSelect';
import { Section } from '@/shared/ui/Section';

import { DataSaver } from './DataSaver';

/** What people like on this device; it is kept here and not with the account. */
export function DeviceSection() {
  const { t } = useTranslation(['account', 'common']);
  const { theme, serviceLevel, change } = usePreferences();
  return (
    <Section title={t('device.title')} intro={t('device.intro')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <LanguageSelect />
        <Choice
          label={t('device.theme')}
          value={theme}
          options={THEMES.map((value) => ({ value, name: t(`device.themeOf.${value}`) }))}
          onChange={(chosen) => change({ theme: chosen })}
        />
      </div>
      <Choice
        label={t('device.serviceLevel')}
        hint={t('device.serviceLevelHint')}
        value={serviceLevel}
        options={SERVICE_LEVELS.map((value) => ({
          value,
          name: t(`common:serviceLevel.${value}`),
        }))}
        onChange={(chosen) => change({ serviceLevel: chosen })}
      />
      <DataSaver />
    </Section>
  );
}
