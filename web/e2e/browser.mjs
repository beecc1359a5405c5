/* global document */
// What the scripts of this folder share: a browser, and a page that remembers what went wrong in it.
import { chromium } from 'playwright-core';

import { watch } from './watch.mjs';

export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
];

export function launch(executablePath) {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** Open a page that is watched from its first moment; see `watch` for what is seen and for `refusals`. */
export async function openPage(browser, options, refusals) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = await watch(page, refusals);
  return { page, seen };
}

export function overflows(page) {
  return page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
}

export async function signIn(page, username, password) {
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
}
