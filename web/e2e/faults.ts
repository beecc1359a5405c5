import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** What is wrong with a page as it is now: rules of WCAG 2.2 AA, and anything that sticks out to the side. */
export async function faults(page: Page): Promise<unknown[]> {
  await page.evaluate(stillness);
  // The app has no frames of others: its rules run where the page is, not in another page made for each check.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  const sticksOut = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  return [
    ...violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]),
    ...(sticksOut ? ['it is wider than the screen'] : []),
  ];
}

/** Wait until nothing fades in any more: what is half transparent has half the contrast. */
async function stillness(): Promise<void> {
  const moving = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(moving.map(({ finished }) => finished));
}
