import { cleanup, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { i18next } from '@/shared/i18n';
import { preferences, PREFERENCES_KEY } from '@/shared/preferences';
import { showApp } from '@/test/showApp';

import html from '../../index.html?raw';
import beforePaint from '../../public/appearance.js?raw';

import { followPreferences } from './appearance';

const page = document.documentElement;
// eslint-disable-next-line @typescript-eslint/no-implied-eval -- it stands beside the app, not in it
const runBeforePaint = new Function(beforePaint) as () => void;

afterEach(async () => {
  delete page.dataset.theme;
  await i18next.changeLanguage('en');
});

describe('before the first paint', () => {
  it.each([
    ['dark', 'dark'],
    ['light', 'light'],
    ['system', undefined],
  ] as const)('the theme %s that was chosen is there', (theme, expected) => {
    preferences.change({ theme });
    runBeforePaint();
    expect(page.dataset.theme).toBe(expected);
  });

  it.each(['', 'no JSON', 'null', '{"theme":"\\"><script>"}'])('%j changes nothing', (text) => {
    localStorage.setItem(PREFERENCES_KEY, text);
    runBeforePaint();
    expect(page.dataset.theme).toBeUndefined();
  });
});

describe('theme and language', () => {
  let stop: () => void;

  beforeEach(async () => {
    document.head.insertAdjacentHTML(
      'beforeend',
      (html.match(/<meta\s+name="theme-color"[^>]*>/g) ?? []).join(''),
    );
    stop = await followPreferences();
  });

  afterEach(() => {
    cleanup();
    stop();
    document.querySelectorAll('meta').forEach((meta) => meta.remove());
  });

  /** When the browser's own bars take which colour: the light one, the dark one. */
  function barMedia(): string[] {
    return [...document.querySelectorAll<HTMLMetaElement>('meta')].map(({ media }) => media);
  }

  it('follow the preferences at once', async () => {
    expect(page.dataset.theme).toBeUndefined();
    expect(barMedia()).toEqual(['(prefers-color-scheme: light)', '(prefers-color-scheme: dark)']);

    preferences.change({ theme: 'dark' });
    expect(page.dataset.theme).toBe('dark');
    expect(barMedia()).toEqual(['not all', 'all']);

    preferences.change({ language: 'ar' });
    await vi.waitFor(() => expect(page.dir).toBe('rtl'));
    expect(page.lang).toBe('ar');
    expect(i18next.t('retry')).toBe('إعادة المحاولة');

    preferences.change({ theme: 'system', language: 'fr' });
    await vi.waitFor(() => expect(page.lang).toBe('fr'));
    expect(page.dir).toBe('ltr');
    expect(page.dataset.theme).toBeUndefined();
  });

  it('change the page that is shown, without a reload', async () => {
    await session.end('none');
    showApp('/');
    await userEvent.selectOptions(await screen.findByLabelText('Language'), 'Français');
    expect(await screen.findByRole('heading', { name: 'Se connecter' })).toBeInTheDocument();
    expect(screen.getByLabelText('Langue')).toHaveFocus();
    expect(document.title).toBe('Se connecter · RelayPACS');
  });

  it('end with the language that was chosen last, whichever arrives first', async () => {
    for (const language of ['fr', 'es', 'pt'] as const) preferences.change({ language });
    await vi.waitFor(() => expect(page.lang).toBe('pt'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(i18next.language).toBe('pt');
  });

  it('are the first of the browser’s languages that there is, where none was chosen', async () => {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['xx', 'pt-BR', 'fr']);
    preferences.reload();
    await vi.waitFor(() => expect(page.lang).toBe('pt'));
  });
});
