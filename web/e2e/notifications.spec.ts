import type { BrowserContext, Page, Request } from '@playwright/test';

import { faults } from './faults';
import { send, verified } from './queue';
import { consoleErrors, expect, signIn, test } from './stage';

/** The bell in the header, when it says so. */
const bell = (page: Page, words: string | RegExp) =>
  page.getByRole('banner').getByRole('link', { name: words });

/** The event streams that are open in a context, from now on. */
function openStreams(context: BrowserContext): Set<Request> {
  const open = new Set<Request>();
  context.on('request', (request) => {
    if (request.url().includes('/notifications/stream')) open.add(request);
  });
  context.on('requestfailed', (request) => open.delete(request));
  context.on('requestfinished', (request) => open.delete(request));
  return open;
}

/** Begin with nothing unread, whatever other tests have sent. */
async function readAll(page: Page): Promise<void> {
  await bell(page, /^Notifications, /).click();
  await page.getByRole('heading', { level: 1, name: 'Notifications' }).waitFor();
  const button = page.getByRole('button', { name: 'Mark all as read' });
  const nothing = page.getByText('No notifications yet');
  await button.or(nothing).waitFor();
  if (await nothing.isVisible()) return;
  if (await button.isEnabled()) await button.click();
  await expect(page.getByText('Everything is read')).toBeVisible();
}

test('what happens to a study is counted and said in another tab, without a reload', async ({
  page,
  context,
  stage,
}) => {
  const errors = consoleErrors(context);
  const streams = openStreams(context);
  const study = await stage.make('told', 3, { patient_name: 'Told^Elsewhere' });
  await signIn(page, stage);
  await readAll(page);
  await page.goto(`${stage.address}/send`);
  const other = await context.newPage();
  await other.goto(`${stage.address}/uploads`);
  await expect(bell(other, 'Notifications, none unread')).toBeVisible();
  await send(page, study);
  await verified(page, 'Told, Elsewhere');
  await expect(bell(other, 'Notifications, 1 unread')).toBeVisible();
  await expect(bell(page, 'Notifications, 1 unread')).toBeVisible();
  // One tab listens for both, and no token is in the address.
  await expect
    .poll(() => [...streams].map((request) => request.url()))
    .toEqual([`${stage.address}/api/v1/notifications/stream`]);

  const next = await stage.make('next', 3, { patient_name: 'Told^Again' });
  await send(page, next);
  await expect(bell(other, 'Notifications, 2 unread')).toBeVisible({ timeout: 60_000 });
  const toast = other.locator('[data-toast]').filter({ hasText: 'A study is in the PACS' }).last();
  await expect(toast).toBeVisible();
  expect(await faults(other)).toEqual([]);
  await toast.getByRole('link', { name: 'Open the upload' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toContainText('Told');
  await expect(bell(other, 'Notifications, 1 unread')).toBeVisible();
  await expect(bell(page, 'Notifications, 1 unread')).toBeVisible();
  expect(errors).toEqual([]);
});

test('the page of notifications by the keyboard alone', async ({ page, stage }) => {
  const studies = [
    await stage.make('keys', 3, { patient_name: 'Keys^One' }),
    await stage.make('more-keys', 3, { patient_name: 'Keys^Two' }),
  ];
  await signIn(page, stage);
  for (const study of studies) await send(page, study);
  await verified(page, 'Keys, One');
  await verified(page, 'Keys, Two');

  await bell(page, /^Notifications, \d+ unread/).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Notifications' })).toBeFocused();
  const rows = page.getByRole('table', { name: 'Notifications' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('Unread');
  expect(await faults(page)).toEqual([]);

  await rows.nth(1).getByRole('button', { name: 'Mark as read' }).focus();
  await page.keyboard.press('Enter');
  await expect(rows.nth(1)).not.toContainText('Unread');
  await expect(rows.nth(1).getByRole('link')).toBeFocused();

  await page.getByRole('button', { name: 'Mark all as read' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Everything is read')).toBeVisible();
  await expect(bell(page, 'Notifications, none unread')).toBeVisible();

  await rows.nth(2).getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Keys');
});
