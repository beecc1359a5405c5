import { describe, expect, it } from 'vitest';

import { i18next } from '@/shared/i18n';
import { isolated } from '@/shared/i18n/isolate';
import { LANGUAGES, ownName } from '@/shared/i18n/languages';

type Texts = Record<string, string>;

const PLURAL = /_(zero|one|two|few|many|other)$/;

const files = import.meta.glob<object>(
  [
    '../shared/i18n/locales/*.json',
    '../shared/pacs/locales/*.json',
    '../features/*/locales/**/*.json',
  ],
  { import: 'default', eager: true },
);
const sources = import.meta.glob<string>(
  ['../**/*.{ts,tsx}', '!../**/*.test.*', '!../test/**', '!../shared/api/schema.d.ts'],
  { query: '?raw', import: 'default', eager: true },
);

/** A namespace by the folder of its files, with the texts of every language by their path. */
const namespaces = new Map<string, Map<string, Texts>>();
for (const [path, texts] of Object.entries(files)) {
  const [, folder = '', language = ''] = /^(.*)\/(\w+)\.json$/.exec(path) ?? [];
  const languages = namespaces.get(folder) ?? new Map<string, Texts>();
  namespaces.set(folder, languages.set(language, flat(texts)));
}

const translations = [...namespaces].flatMap(([folder, languages]) =>
  LANGUAGES.filter((language) => language !== 'en').map(
    (language) => [folder, language, languages.get('en') ?? {}, languages.get(language)] as const,
  ),
);

function flat(texts: object, prefix = ''): Texts {
  return Object.assign(
    {},
    ...Object.entries(texts).map(([key, value]: [string, unknown]) =>
      typeof value === 'string'
        ? { [prefix + key]: value }
        : flat(value as object, `${prefix}${key}.`),
    ),
  ) as Texts;
}

function withoutPlural(keys: string[]): Set<string> {
  return new Set(keys.map((key) => key.replace(PLURAL, '')));
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name = '']) => name).sort();
}

/** Every form that a text with this name has to have in a language. `_zero` is i18next's own, and English decides. */
function expectedKeys(english: Texts, language: string): string[] {
  const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
  return [...withoutPlural(Object.keys(english))].flatMap((key) => {
    if (key in english) return [key];
    const forms = new Set<string>(pluralCategories);
    if (`${key}_zero` in english) forms.add('zero');
    return [...forms].map((form) => `${key}_${form}`);
  });
}

it('there are files of every language in every folder', () => {
  expect(namespaces.size).toBeGreaterThan(2);
  for (const [folder, languages] of namespaces) {
    expect([...languages.keys()].sort(), folder).toEqual([...LANGUAGES].sort());
  }
});

describe.each(translations)('%s in %s', (_, language, english, translated = {}) => {
  it('has every text, in every plural form of the language, and no other', () => {
    expect(Object.keys(translated).sort()).toEqual(expectedKeys(english, language).sort());
  });

  it('takes in what the English text takes in', () => {
    for (const [key, text] of Object.entries(translated)) {
      const base = key.replace(PLURAL, '');
      const model = placeholders(english[key] ?? english[`${base}_other`] ?? '');
      // Many a language says one and two without a figure.
      const may = key === base || key.endsWith('_other') ? [] : ['count', 'formatted'];
      const needed = model.filter((name) => !may.includes(name));
      expect(
        placeholders(text).filter((name) => !may.includes(name)),
        key,
      ).toEqual(needed);
      expect(model, key).toEqual(expect.arrayContaining(placeholders(text)));
    }
  });
});

describe.each([...namespaces])('%s', (folder, languages) => {
  it('has no empty text, and none with blanks around it', () => {
    for (const [language, texts] of languages) {
      for (const [key, text] of Object.entries(texts)) {
        expect(text.trim(), `${language}: ${key}`).toBe(text);
        expect(text, `${language}: ${key}`).not.toBe('');
      }
    }
  });

  it('has no text that the code does not say', () => {
    // What a feature has to say, it says itself or the app's frame does for it.
    const home = folder.startsWith('../features/') ? (folder.split('locales')[0] ?? '') : '';
    const code = Object.entries(sources)
      .filter(([path]) => path.startsWith(home) || path.startsWith('./'))
      .map(([, text]) => text)
      .join('\n');
    const literals = new Set([...code.matchAll(/'(?:\w+:)?([\w.-]+)'/g)].map(([, key]) => key));
    const patterns = [...code.matchAll(/`(?:\w+:)?(\w+\.(?:[\w.]|\$\{[^}]*\})+)`/g)].map(
      ([, template = '']) =>
        new RegExp(
          `^${template.replaceAll(/\$\{[^}]*\}|\./g, (part) => (part === '.' ? '\\.' : '[\\w-]+'))}$`,
        ),
    );
    const silent = [...withoutPlural(Object.keys(languages.get('en') ?? {}))].filter(
      (key) => !literals.has(key) && !patterns.some((pattern) => pattern.test(key)),
    );
    expect(silent).toEqual([]);
  });
});

describe('a language', () => {
  it('is called as its speakers call it', () => {
    expect(LANGUAGES.map(ownName)).toEqual([
      'English',
      'Français',
      'Español',
      'Português',
      'العربية',
    ]);
  });

  it('keeps names and IDs from turning the sentence round, where that could happen', () => {
    expect(isolated('PAT-17', 'rtl')).toBe('\u2068PAT-17\u2069');
    expect(isolated('PAT-17', 'ltr')).toBe('PAT-17');
    expect(isolated('سلمى', 'ltr')).toBe('\u2068سلمى\u2069');
    expect(i18next.t('language.automatic', { language: 'العربية' })).toBe(
      'As in the browser (\u2068العربية\u2069)',
    );
    expect(i18next.t('language.automatic', { language: '<b>&' })).toBe('As in the browser (<b>&)');
  });
});
