import type { CDPSession, Locator, Page } from '@playwright/test';

import { expect, type Study } from './stage';

/** Pick a study's files; returns its card. */
export async function pick(page: Page, study: Study): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(study.files);
  await page.getByRole('heading', { name: 'Ready to send' }).waitFor();
}

/** Pick a study's files and send it as the form has it, or more urgently. */
export async function send(page: Page, study: Study, priority = 'Routine'): Promise<void> {
  await pick(page, study);
  await page.getByRole('radio', { name: priority }).check();
  const button = page.getByRole('button', { name: 'Send the study of' });
  await button.click();
  await expect(button).toBeHidden();
}

/** A patient's card in the queue. */
export function card(page: Page, name: string): Locator {
  const queue = page.getByRole('region', { name: 'On this device' });
  return queue.locator('> ul > li').filter({ hasText: name });
}

/** Wait until a patient's study is proven to be in the PACS. */
export async function verified(page: Page, name: string): Promise<void> {
  const proof = card(page, name).getByText(/^(Safe to delete|Keep your own copy)/);
  await expect(proof).toBeVisible({ timeout: 60_000 });
}

/** Have the page's network carry so many kilobytes per second at most. Returns how to lift that. */
export async function slowDown(page: Page, kilobytes: number): Promise<() => Promise<void>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const carry = (throughput: number) =>
    session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
  await session.send('Network.enable');
  await carry(kilobytes * 1000);
  return async () => {
    await carry(-1);
  };
}

/** The address of every chunk that pages put, from now on. */
export function chunksPut(...pages: Page[]): string[] {
  const put: string[] = [];
  for (const page of pages) {
    page.on('requestfinished', (request) => {
      if (request.method() === 'PUT') put.push(request.url());
    });
  }
  return put;
}

/** Wait until some, but not all, chunks have arrived. */
export async function underWay(put: string[], count = 2): Promise<void> {
  await expect.poll(() => put.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
}
