import { chromium } from '@playwright/test';

import { card, chunksPut, send, slowDown, underWay, verified } from './queue';
import { expect, signIn, test } from './stage';

const LARGE = { rows: 512, columns: 512 };

test('what is queued survives the browser being closed, and goes on when it is opened again', async ({
  stage,
  launchOptions,
}, testInfo) => {
  const study = await stage.make('closed', 24, {
    patient_name: 'Closed^Browser',
    ...LARGE,
  });
  const profile = testInfo.outputPath('profile');
  const before = await chromium.launchPersistentContext(profile, launchOptions);
  const page = await before.newPage();
  await signIn(page, stage);
  await slowDown(page, 1000);
  const put = chunksPut(page);
  await send(page, study);
  await underWay(put);
  await before.close();

  const after = await chromium.launchPersistentContext(profile, launchOptions);
  const again = await after.newPage();
  const rest = chunksPut(again);
  await again.goto(`${stage.address}/send`);
  await verified(again, 'Closed, Browser');
  expect(rest.filter((chunk) => put.includes(chunk))).toEqual([]);
  const stored = await stage.stored();
  expect(study.digests.filter((digest) => !stored.includes(digest))).toEqual([]);
  await after.close();
});

test('the app starts without network, takes a study, and sends it when the network is back', async ({
  page,
  context,
  stage,
}) => {
  const study = await stage.make('offline', 6, {
    patient_name: 'Offline^Start',
  });
  await signIn(page, stage);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await page.reload();
  await page.getByRole('heading', { name: 'Send a study' }).waitFor();
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText('You are offline.', { exact: false })).toBeVisible();
  await send(page, study);
  await expect(card(page, 'Offline, Start').getByText('Waiting for its turn')).toBeVisible();
  await context.setOffline(false);
  await verified(page, 'Offline, Start');
  const stored = await stage.stored();
  expect(study.digests.filter((digest) => !stored.includes(digest))).toEqual([]);
});

test.describe('an update', () => {
  // Now and then Chromium answers nothing more once it was told to change its service worker; why is not known yet.
  test.describe.configure({ retries: 2 });

  test('a new version waits until the study is sent, and is there afterwards', async ({
    page,
    stage,
  }) => {
    const study = await stage.make('update', 24, {
      patient_name: 'Update^Waits',
      ...LARGE,
    });
    await signIn(page, stage);
    await page.evaluate(async () => navigator.serviceWorker.ready);
    const lift = await slowDown(page, 1000);
    const put = chunksPut(page);
    let reloads = 0;
    page.on('load', () => (reloads += 1));
    await send(page, study);
    await underWay(put);
    await stage.tell({ do: 'release' });
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    await page.getByRole('button', { name: 'Update when sending has finished' }).click();
    await underWay(put, put.length + 2);
    expect(reloads).toBe(0);
    await lift();
    await expect.poll(() => reloads, { timeout: 30_000 }).toBe(1);
    await verified(page, 'Update, Waits');
    expect(put.filter((chunk, index) => put.indexOf(chunk) !== index)).toEqual([]);
    await expect(page.getByText('A new version', { exact: false })).toBeHidden();
    const stored = await stage.stored();
    expect(study.digests.filter((digest) => !stored.includes(digest))).toEqual([]);
  });
});

test('what was sent is listed without network, and gone for whoever signs in next', async ({
  page,
  context,
  stage,
}) => {
  const study = await stage.make('history', 3, {
    patient_name: 'History^Kept',
  });
  await signIn(page, stage);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await send(page, study);
  await verified(page, 'History, Kept');
  await page.goto(`${stage.address}/uploads`);
  const row = page.getByRole('link', { name: 'History, Kept' });
  await expect(row).toBeVisible();
  await expect.poll(() => page.evaluate(keptRecords)).toBeGreaterThan(0);
  await context.setOffline(true);
  await page.reload();
  await expect(row).toBeVisible();
  await expect(page.getByText(/^As of /)).toBeVisible();
  await row.click();
  await expect(page.getByRole('heading', { name: 'History, Kept' })).toBeVisible();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[name=username]').waitFor();
  await expect.poll(() => page.evaluate(keptRecords)).toBe(0);
});

/** How much the browser keeps of what was shown; 0 where the database is gone. */
async function keptRecords(): Promise<number> {
  const known = await indexedDB.databases();
  if (!known.some(({ name }) => name === 'relaypacs-kept')) return 0;
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('relaypacs-kept');
    opening.onerror = () => reject(new Error(opening.error?.message));
    opening.onsuccess = () => {
      const database = opening.result;
      const counting = database.transaction('records').objectStore('records').count();
      counting.onsuccess = () => {
        database.close();
        resolve(counting.result);
      };
    };
  });
}
