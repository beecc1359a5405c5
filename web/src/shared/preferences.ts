import type { Body } from './api/types';
import { isLanguage, type Language } from './i18n/languages';

export type ServiceLevel = NonNullable<
  Body<'/api/v1/upload/init', 'post'>['metadata']['service_level']
>;

export const SERVICE_LEVELS = [
  'stat',
  'emergency',
  'routine',
  'subspecialty',
] as const satisfies readonly ServiceLevel[];

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What people like on this device, whoever is signed in. Nothing of it is secret or about a patient. */
export interface Preferences {
  /** Null: the first of the browser's languages that we have. */
  language: Language | null;
  theme: Theme;
  /** What the form of a new study starts with. */
  serviceLevel: ServiceLevel;
  dataSaver: DataSaver;
}

/** While it is on, no more than so many megabytes (10^6 bytes) leave this device on one day, STAT aside. */
export interface DataSaver {
  on: boolean;
  dailyMegabytes: number;
}

/** The name under which `public/appearance.js` reads the theme before the first paint. */
export const PREFERENCES_KEY = 'relaypacs-preferences';
export const DAILY_MEGABYTES = { min: 10, max: 100_000 };

const DEFAULTS: Preferences = {
  language: null,
  theme: 'system',
  serviceLevel: 'routine',
  dataSaver: { on: false, dailyMegabytes: 200 },
};

/** Whether somebody may set this as the data saver's limit. */
export function isDailyLimit(megabytes: unknown): megabytes is number {
  return (
    Number.isInteger(megabytes) &&
    (megabytes as number) >= DAILY_MEGABYTES.min &&
    (megabytes as number) <= DAILY_MEGABYTES.max
  );
}

/**
 * The preferences of this device: one record in localStorage, shared by all tabs.
 *
 * localStorage and not IndexedDB, since theme and language have to be there before anything is painted
 * (docs/adr/0018-web-app-shell.md). Where the browser keeps nothing for us they last as long as the page.
 */
class PreferenceStore {
  #current = stored() ?? DEFAULTS;
  readonly #listeners = new Set<() => void>();

  constructor() {
    window.addEventListener('storage', ({ key }) => {
      if (key === PREFERENCES_KEY || key === null) this.reload();
    });
  }

  readonly read = (): Preferences => this.#current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Change some preferences, here and in every tab. */
  readonly change = (changes: Partial<Preferences>): void => {
    const changed = { ...(stored() ?? this.#current), ...changes };
    try {
      localStorage.setItem(PREFERENCES_KEY, JSON.stringify(changed));
    } catch (error) {
      console.warn('The browser does not keep preferences', error);
    }
    this.#adopt(changed);
  };

  /** Take up what is stored: when another tab has changed it. */
  reload(): void {
    this.#adopt(stored() ?? DEFAULTS);
  }

  #adopt(preferences: Preferences): void {
    this.#current = preferences;
    this.#listeners.forEach((listener) => listener());
  }
}

/** Return what is stored, each part as it should be or its default; null where there is nothing. */
function stored(): Preferences | null {
  try {
    const text = localStorage.getItem(PREFERENCES_KEY);
    return text === null ? null : preferencesFrom(JSON.parse(text));
  } catch {
    return null;
  }
}

function preferencesFrom(value: unknown): Preferences {
  const { language, theme, serviceLevel, dataSaver } = recordFrom(value);
  const { on, dailyMegabytes } = recordFrom(dataSaver);
  return {
    language: isLanguage(language) ? language : DEFAULTS.language,
    theme: THEMES.find((known) => known === theme) ?? DEFAULTS.theme,
    serviceLevel: SERVICE_LEVELS.find((known) => known === serviceLevel) ?? DEFAULTS.serviceLevel,
    dataSaver: {
      on: on === true,
      dailyMegabytes: isDailyLimit(dailyMegabytes)
        ? dailyMegabytes
        : DEFAULTS.dataSaver.dailyMegabytes,
    },
  };
}

function recordFrom(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export const preferences = new PreferenceStore();
