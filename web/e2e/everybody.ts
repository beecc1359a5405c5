import type { Page } from '@playwright/test';

import { faults } from './faults';
import { expect } from './stage';

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1440, height: 900 } };
/** Each language and each theme has its turn. */
export const LOOKS = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'ar', theme: 'dark' },
];

/** Check a page as it is now in both sizes. */
export async function checked(page: Page, where: string): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  for (const [name, size] of Object.entries(SIZES)) {
    await page.setViewportSize(size);
    expect(await faults(page), `${where} ${name}`).toEqual([]);
  }
}

/** Have the app look so from the next page on. */
export async function lookLike(page: Page, look: (typeof LOOKS)[number]): Promise<void> {
  await page.evaluate((chosen) => {
    localStorage.setItem('relaypacs-preferences', JSON.stringify(chosen));
  }, look);
}

const MOST_STOPS = 400;
/** Few enough for a long list to draw what comes next, as it does for whoever keeps the key down. */
const STOPS_AT_ONCE = 8;

/** Press Tab from the top of a page to its end; return what can be used and was never reached. */
export async function unreached(page: Page): Promise<string[]> {
  await page.evaluate(markWhatIsReached);
  const isAtTheEnd = () =>
    page.evaluate(async () => {
      for (let drawn = 0; drawn < 2; drawn += 1) await new Promise(requestAnimationFrame);
      return document.body.hasAttribute('data-end');
    });
  let stops = 0;
  do {
    await Promise.all(Array.from({ length: STOPS_AT_ONCE }, () => page.keyboard.press('Tab')));
    stops += STOPS_AT_ONCE;
  } while (!(await isAtTheEnd()) && stops < MOST_STOPS);
  return page.evaluate(() => {
    document.body.removeAttribute('data-end');
    const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    return [...document.querySelectorAll<HTMLElement>(usable)]
      .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.matches(':disabled'))
      .filter((one) => !one.hasAttribute('data-reached'))
      .filter((one) => !one.matches('input[type=radio]:not(:checked)')) // the arrow keys lead there
      .map((one) => one.outerHTML.slice(0, 200));
  });
}

/** Mark what gets the focus from now on, from the top of the page to where nothing follows. */
function markWhatIsReached(): void {
  const { body } = document;
  body.removeAttribute('data-end');
  for (const one of document.querySelectorAll('[data-reached]'))
    one.removeAttribute('data-reached');
  body.tabIndex = -1;
  body.focus();
  const mark = ({ target }: FocusEvent) => (target as Element).setAttribute('data-reached', '');
  const end = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget) return;
    body.setAttribute('data-end', '');
    removeEventListener('focusin', mark);
    removeEventListener('focusout', end);
  };
  addEventListener('focusin', mark);
  addEventListener('focusout', end);
  // From there the key would lead to the top again, where a long list draws its rows anew.
  addEventListener('keydown', (event) => {
    if (event.key === 'Tab' && body.hasAttribute('data-end')) event.preventDefault();
  });
}
