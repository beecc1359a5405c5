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

/** Press Tab from the top of a page to its end; return what can be used and was never reached. */
export async function unreached(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
  });
  /** Some stops are within one element: the parts of a date. */
  const isAtTheEnd = () =>
    page.evaluate(() => {
      const { activeElement: at, body } = document;
      at?.setAttribute('data-reached', '');
      return !at || at === body;
    });
  let stops = 0;
  do await page.keyboard.press('Tab');
  while (!(await isAtTheEnd()) && (stops += 1) < MOST_STOPS);
  return page.evaluate(() => {
    const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
    return [...document.querySelectorAll<HTMLElement>(usable)]
      .filter((one) => one.checkVisibility() && one.tabIndex >= 0 && !one.matches(':disabled'))
      .filter((one) => !one.hasAttribute('data-reached'))
      .filter((one) => !one.matches('input[type=radio]:not(:checked)')) // the arrow keys lead there
      .map((one) => one.outerHTML.slice(0, 200));
  });
}
