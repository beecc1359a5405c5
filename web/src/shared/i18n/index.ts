import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import en from './locales/en.json';

export type Texts = Record<string, unknown>;

const FALLBACK = 'en';
const COMMON = 'common';

/** A language is added by its files alone: `locales/<code>.json` here and in every feature. */
const otherLocales = import.meta.glob<Texts>(['./locales/*.json', '!./locales/en.json'], {
  import: 'default',
});

void i18next.use(initReactI18next).init({
  lng: FALLBACK,
  fallbackLng: FALLBACK,
  ns: [COMMON],
  defaultNS: COMMON,
  resources: { [FALLBACK]: { [COMMON]: en } },
  initAsync: false,
  interpolation: { escapeValue: false },
});

/** Show the first of the user's languages that we have, and set the page's language and direction. */
export async function adoptBrowserLanguage(): Promise<void> {
  const wanted = navigator.languages.map((tag) => tag.split('-')[0] ?? FALLBACK);
  const language =
    wanted.find((code) => code === FALLBACK || pathOf(code) in otherLocales) ?? FALLBACK;
  const load = otherLocales[pathOf(language)];
  if (load) i18next.addResourceBundle(language, COMMON, await load());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

/** Load a feature's texts in the language that is shown; `find` gives the loader for a language, if there is one. */
export async function loadTexts(
  namespace: string,
  find: (language: string) => (() => Promise<Texts>) | undefined,
): Promise<void> {
  const languages = new Set([FALLBACK, i18next.language]);
  await Promise.all(
    [...languages].map(async (language) => {
      const load = find(language);
      if (load && !i18next.hasResourceBundle(language, namespace)) {
        i18next.addResourceBundle(language, namespace, await load());
      }
    }),
  );
}

function pathOf(language: string): string {
  return `./locales/${language}.json`;
}

export { i18next };
