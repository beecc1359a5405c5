import { showLanguage } from '@/shared/i18n';
import { browserLanguage } from '@/shared/i18n/languages';
import { preferences } from '@/shared/preferences';
import { showTheme } from '@/shared/theme';

/** Show theme and language as preferred, now and whenever that changes. Resolves, once they are shown, to the way to stop. */
export async function followPreferences(): Promise<() => void> {
  const stop = preferences.subscribe(() => void show());
  await show();
  return stop;
}

async function show(): Promise<void> {
  const { theme, language } = preferences.read();
  showTheme(theme);
  try {
    await showLanguage(language ?? browserLanguage());
  } catch (error) {
    // Without network and not kept yet: what is shown already stays readable.
    console.warn('The texts of this language could not be loaded', error);
  }
}
