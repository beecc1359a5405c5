import type { Theme } from './preferences';

/**
 * Show a theme: `data-theme` on the page, which tokens.css honours, and the colour of the browser's own bars.
 *
 * `public/appearance.js` sets the same attribute before the first paint.
 */
export function showTheme(theme: Theme): void {
  const page = document.documentElement;
  if (theme === 'system') delete page.dataset.theme;
  else page.dataset.theme = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[data-scheme]')) {
    const scheme = meta.dataset.scheme;
    if (theme === 'system') meta.media = `(prefers-color-scheme: ${scheme})`;
    else meta.media = theme === scheme ? 'all' : 'not all';
  }
}
