import type { Body } from './api/types';
import { DeviceRecord, recordFrom } from './deviceRecord';
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
  /** Whether single letters are shortcuts on pages that have some (WCAG 2.2, 2.1.4). */
  singleKeys: boolean;
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
  singleKeys: true,
};

/** Whether somebody may set this as the data saver's limit. */
export function isDailyLimit(megabytes: unknown): megabytes is number {
  return (
    Number.isInteger(megabytes) &&
    (megabytes as number) >= DAILY_MEGABYTES.min &&
    (megabytes as number) <= DAILY_MEGABYTES.max
  );
}

function preferencesFrom(value: unknown): Preferences {
  const { language, theme, serviceLevel, dataSaver, singleKeys } = recordFrom(value);
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
    singleKeys: typeof singleKeys === 'boolean' ? singleKeys : DEFAULTS.singleKeys,
  };
}

/** One record for this device, there before anything is painted (docs/adr/0018-web-app-shell.md). */
class PreferenceStore extends DeviceRecord<Preferences> {
  constructor() {
    super(PREFERENCES_KEY, preferencesFrom);
  }

  /** Change some preferences, here and in every tab. */
  readonly change = (changes: Partial<Preferences>): void => {
    this.update((current) => ({ ...current, ...changes }));
  };
}

export const preferences = new PreferenceStore();
