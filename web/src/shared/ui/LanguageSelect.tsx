import { useTranslation } from 'react-i18next';

import { usePreferences } from '@/shared/hooks/usePreferences';
import { browserLanguage, LANGUAGES, ownName, type Language } from '@/shared/i18n/languages';

import { Choice, type Option } from './Choice';

const AUTOMATIC = 'automatic';

/** The choice of language, each in its own words so that everybody finds theirs. It takes effect at once. */
export function LanguageSelect() {
  const { t } = useTranslation();
  const { language, change } = usePreferences();
  const automatic = browserLanguage();
  const options: Option<Language | typeof AUTOMATIC>[] = [
    { value: AUTOMATIC, name: t('language.automatic', { language: ownName(automatic) }) },
    ...LANGUAGES.map((code) => ({ value: code, name: ownName(code), lang: code })),
  ];
  return (
    <Choice
      label={t('language.label')}
      value={language ?? AUTOMATIC}
      options={options}
      onChange={(chosen) => change({ language: chosen === AUTOMATIC ? null : chosen })}
    />
  );
}
