/** What this browser remembers of telling people: small, of no patient, and read before anything else is loaded. */

const BROWSER = 'relaypacs-push';
const LANGUAGE = 'relaypacs-told-language';

/** Whom this browser is to tell, and under which id the gateway knows it. */
export interface KeptBrowser {
  owner: string;
  id: string;
}

export function keptBrowser(): KeptBrowser | null {
  try {
    const value = JSON.parse(
      localStorage.getItem(BROWSER) ?? 'null',
    ) as Partial<KeptBrowser> | null;
    const { owner, id } = value ?? {};
    return typeof owner === 'string' && typeof id === 'string' ? { owner, id } : null;
  } catch {
    return null;
  }
}

export function keepBrowser(browser: KeptBrowser): void {
  write(BROWSER, JSON.stringify(browser));
}

export function forgetBrowser(): void {
  write(BROWSER, null);
}

/** The language that the gateway was last told, of this person; null where it was told none by this browser. */
export function toldLanguage(owner: string): string | null {
  const [of, language] = read(LANGUAGE)?.split(' ') ?? [];
  return of === owner && language ? language : null;
}

export function keepToldLanguage(owner: string, language: string): void {
  write(LANGUAGE, `${owner} ${language}`);
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch (error) {
    console.warn('The browser does not keep how people are told', error);
  }
}
