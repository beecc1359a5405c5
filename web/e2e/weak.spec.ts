import type { BrowserContext, Page } from '@playwright/test';

import { card, chunksPut, pick, send, slowDown, underWay, verified } from './queue';
import { consoleErrors, expect, signIn, test, type Stage } from './stage';

const LARGE = { rows: 512, columns: 512 };

/** Take away what iOS Safari does not have, or has only sometimes, before any script of the page runs. */
async function weaken(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const without = (owner: object, ...names: string[]) => {
      for (const name of names) Reflect.deleteProperty(owner, name);
    };
    without(window, 'SyncManager', 'CompressionStream', 'OffscreenCanvas', 'requestIdleCallback');
    without(Navigator.prototype, 'wakeLock', 'connection', 'setAppBadge', 'clearAppBadge');
    without(StorageManager.prototype, 'persist', 'persisted', 'estimate');
    without(ServiceWorkerRegistration.prototype, 'sync', 'periodicSync');
    without(HTMLInputElement.prototype, 'webkitdirectory');
  });
}

/** Leave the gateway's pages so much room that their lists fit, and no study does. Before the first of them is shown. */
async function fillUp(page: Page, stage: Stage, bytes: number): Promise<void> {
  await page.goto(`${stage.address}/favicon.svg`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', {
    origin: stage.address,
    quotaSize: bytes,
  });
}

test('a study is sent from a browser that has none of the newer interfaces', async ({
  page,
  context,
  stage,
}) => {
  const errors = consoleErrors(context);
  const study = await stage.make('weak', 6, { patient_name: 'Weak^Platform' });
  await weaken(context);
  await signIn(page, stage);
  expect(await page.evaluate(() => 'wakeLock' in navigator || 'SyncManager' in window)).toBe(false);
  await send(page, study);
  await page.reload();
  await verified(page, 'Weak, Platform');
  const stored = await stage.stored();
  expect(study.digests.filter((digest) => !stored.includes(digest))).toEqual([]);
  expect(errors).toEqual([]);
});

test('a browser without room says so, sends while its page is open, and takes the files again', async ({
  page,
  stage,
}) => {
  const study = await stage.make('full', 24, {
    patient_name: 'Full^Device',
    ...LARGE,
  });
  await fillUp(page, stage, 4_000_000);
  await signIn(page, stage);
  await slowDown(page, 1000);
  const put = chunksPut(page);
  await send(page, study);
  await expect(page.getByText('Keep this page open', { exact: true })).toBeVisible();
  await underWay(put);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  const own = card(page, 'Full, Device');
  await expect(own.getByText('The files are needed again').first()).toBeVisible();
  const before = [...put];
  await pick(page, study);
  await page.getByRole('button', { name: 'Send the study of' }).click();
  await verified(page, 'Full, Device');
  expect(put.slice(before.length).filter((chunk) => before.includes(chunk))).toEqual([]);
  const stored = await stage.stored();
  expect(study.digests.filter((digest) => !stored.includes(digest))).toEqual([]);
});
