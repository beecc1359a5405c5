import { describe, expect, it, vi } from 'vitest';

import { isDailyLimit, preferences, PREFERENCES_KEY } from './preferences';

const DEFAULTS = {
  language: null,
  theme: 'system',
  serviceLevel: 'routine',
  dataSaver: { on: false, dailyMegabytes: 200 },
  singleKeys: true,
};

/** What another tab does when it writes. */
function writeElsewhere(text: string | null): void {
  if (text === null) localStorage.clear();
  else localStorage.setItem(PREFERENCES_KEY, text);
  window.dispatchEvent(
    new StorageEvent('storage', { key: text === null ? null : PREFERENCES_KEY }),
  );
}

describe('preferences', () => {
  it('begin with the defaults', () => {
    expect(preferences.read()).toEqual(DEFAULTS);
  });

  it('are kept as one record, and listeners hear of each change', () => {
    const heard = vi.fn();
    const stop = preferences.subscribe(heard);
    preferences.change({ theme: 'dark' });
    preferences.change({ language: 'fr' });
    stop();
    preferences.change({ serviceLevel: 'stat' });
    expect(heard).toHaveBeenCalledTimes(2);
    expect(JSON.parse(localStorage.getItem(PREFERENCES_KEY) ?? '')).toEqual({
      ...DEFAULTS,
      theme: 'dark',
      language: 'fr',
      serviceLevel: 'stat',
    });
  });

  it('follow the other tabs, and do not undo what those have changed', () => {
    preferences.change({ theme: 'dark' });
    writeElsewhere(JSON.stringify({ ...DEFAULTS, language: 'ar' }));
    expect(preferences.read()).toEqual({ ...DEFAULTS, language: 'ar' });

    // Written, but the event has not come yet.
    localStorage.setItem(PREFERENCES_KEY, JSON.stringify({ ...DEFAULTS, theme: 'light' }));
    preferences.change({ serviceLevel: 'emergency' });
    expect(preferences.read()).toEqual({
      ...DEFAULTS,
      theme: 'light',
      serviceLevel: 'emergency',
    });

    writeElsewhere(null);
    expect(preferences.read()).toEqual(DEFAULTS);
  });

  it.each([
    ['', DEFAULTS],
    ['no JSON', DEFAULTS],
    ['null', DEFAULTS],
    ['[]', DEFAULTS],
    ['"dark"', DEFAULTS],
    ['{"theme":"pink","language":"xx","serviceLevel":"soon","dataSaver":[],"more":1}', DEFAULTS],
    ['{"theme":"dark","dataSaver":null}', { ...DEFAULTS, theme: 'dark' }],
    [
      '{"language":"pt","dataSaver":{"on":true,"dailyMegabytes":-3}}',
      { ...DEFAULTS, language: 'pt', dataSaver: { on: true, dailyMegabytes: 200 } },
    ],
  ])('take what is good of %j, and the defaults for the rest', (text, expected) => {
    writeElsewhere(text);
    expect(preferences.read()).toEqual(expected);
  });

  it('last as long as the page where the browser keeps nothing', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    preferences.change({ theme: 'dark' });
    preferences.change({ serviceLevel: 'stat' });
    expect(preferences.read()).toEqual({ ...DEFAULTS, theme: 'dark', serviceLevel: 'stat' });
  });
});

describe('the daily limit', () => {
  it.each([
    [9, false],
    [10, true],
    [100_000, true],
    [100_001, false],
    [20.5, false],
    [Number.NaN, false],
    ['200', false],
  ])('%j: %s', (value, expected) => {
    expect(isDailyLimit(value)).toBe(expected);
  });
});
