/** A language is added by its code here and its files: `locales/<code>.json` in shared and in every feature. */
export const LANGUAGES = ['en', 'fr', 'es', 'pt', 'ar'] as const;

export type Language = (typeof LANGUAGES)[number];

export const FALLBACK: Language = 'en';

export function isLanguage(code: unknown): code is Language {
  return LANGUAGES.some((language) => language === code);
}

/** Return the first of the browser's languages that we have. */
export function browserLanguage(): Language {
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? FALLBACK;
}

/** Return what a language is called by who speaks it, as it stands in a list. */
export function ownName(language: Language): string {
  const name = new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
