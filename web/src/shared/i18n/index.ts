import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

import { isolated } from './isolate';
import { FALLBACK, type Language } from './languages';
import en from './locales/en.json';

export type Texts = Record<string, unknown>;

/** Return what loads a namespace's texts in a language; undefined where there are none. */
type FindTexts = (language: Language) => (() => Promise<Texts>) | undefined;

const COMMON = 'common';

const otherLocales = import.meta.glob<Texts>(['./locales/*.json', '!./locales/en.json'], {
  import: 'default',
});

/** Every namespace that some screen has asked for, so that a change of language brings all of them. */
const namespaces = new Map<string, FindTexts>([
  [COMMON, (language) => otherLocales[`./locales/${language}.json`]],
]);

/** What is shown, or will be as soon as its texts are here. */
let wanted: Language = FALLBACK;

void i18next.use(initReactI18next).init({
  lng: FALLBACK,
  fallbackLng: FALLBACK,
  ns: [COMMON],
  defaultNS: COMMON,
  resources: { [FALLBACK]: { [COMMON]: en } },
  initAsync: false,
  // React escapes what it shows; what a sentence takes in must only be kept from turning the sentence round.
  interpolation: { escape: (value) => isolated(value, i18next.dir()) },
});

/**
 * Show a language everywhere, and set the page's language and direction.
 *
 * Raises when its texts could not be loaded; then the language that was shown stays.
 */
export async function showLanguage(language: Language): Promise<void> {
  wanted = language;
  try {
    await Promise.all([...namespaces.keys()].map((namespace) => load(namespace, language)));
  } catch (error) {
    if (wanted === language) wanted = i18next.language as Language;
    throw error;
  }
  if (wanted !== language) return;
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

/** Load a feature's texts in the language that is shown, now and after each change of language. */
export async function loadTexts(namespace: string, find: FindTexts): Promise<void> {
  namespaces.set(namespace, find);
  const languages = new Set([i18next.language as Language, wanted]);
  await Promise.all([...languages].map((language) => load(namespace, language)));
}

async function load(namespace: string, language: Language): Promise<void> {
  const fetchTexts = namespaces.get(namespace)?.(language);
  if (fetchTexts && !i18next.hasResourceBundle(language, namespace)) {
    i18next.addResourceBundle(language, namespace, await fetchTexts());
  }
}

export { i18next };
