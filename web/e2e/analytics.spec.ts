import { readFile } from 'node:fs/promises';

import type { Browser, Locator, Page } from '@playwright/test';

import { faults } from './faults';
import { send, verified } from './queue';
import { consoleErrors, expect, signIn, test, type Credentials, type Stage } from './stage';

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1440, height: 900 };
const SIGHTS = [
  { size: PHONE, view: 'tables' },
  { size: PHONE, view: 'charts' },
  { size: DESKTOP, view: 'charts' },
] as const;
const LOOKS = [
  { language: 'en', theme: 'light' },
  { language: 'en', theme: 'dark' },
  { language: 'ar', theme: 'dark' },
];
const IMAGES = 3;
const DAYS_OF_A_WEEK = 7;

/** Somebody at a site of his own: whatever else happens on the stage, his numbers are of what he has sent. */
async function sender(stage: Stage, name: string): Promise<Credentials & { site: string }> {
  const site = `Analytics site of ${name}`;
  const who = await stage.person(name, 'clinician', { full_name: `Dr. ${name}`, site });
  return { ...who, site };
}

/** Send a study and wait for the proof, before anybody has asked for numbers: an answer is kept for a minute. */
async function sendOne(page: Page, stage: Stage, who: Credentials, name: string): Promise<void> {
  const study = await stage.make(name, IMAGES, { patient_name: `Analytics^${name}` });
  await signIn(page, stage, '/send', who);
  await send(page, study);
  await verified(page, name);
}

function figure(page: Page, name: string): Locator {
  return page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) });
}

function section(page: Page, name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

async function openAs(browser: Browser, stage: Stage, path: string, who?: Credentials) {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, stage, path, who);
  return page;
}

test('one study that was sent is one study, in figures, charts, tables and files', async ({
  page,
  stage,
}) => {
  const errors = consoleErrors(page.context());
  const drawing: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/assets/charts-')) drawing.push(request.url());
  });
  const who = await sender(stage, 'counted');
  await sendOne(page, stage, who, 'analytics-counted');
  expect(drawing).toEqual([]);

  await page.getByRole('link', { name: 'Analytics' }).click();
  await page.getByText('1 week').click();
  await expect(figure(page, 'Studies').first()).toContainText(/^Studies1/);
  await expect(page.getByText('Your studies')).toBeVisible();
  await expect(figure(page, 'Success rate').first()).toContainText('100%');
  await expect(figure(page, 'Images').first()).toContainText(`Images${IMAGES}`);
  await expect(figure(page, 'First byte to verified').first()).toContainText(/\d+ (sec|min)/);
  await expect(figure(page, 'Studies').first()).toContainText('None in the period before');
  await expect(page.getByLabel('Site')).toBeHidden();

  // The chart and the table say the same.
  const modality = section(page, 'Studies by modality');
  await expect(modality.getByRole('img', { name: /: CT 1 · 100%$/ })).toBeVisible();
  expect(drawing).toHaveLength(1);
  await modality.getByText('Table').click();
  await expect(modality.getByRole('row')).toHaveText(['ModalityStudiesShare', 'CT1100%']);
  const trend = section(page, 'Studies over time');
  await trend.getByRole('application').focus();
  // What is pointed at goes before what the keys are at.
  await page.mouse.move(0, 0);
  // Recharts follows no faster than the screen is drawn; at the last point the key leads nowhere.
  await expect(async () => {
    await page.keyboard.press('ArrowRight');
    const said = trend.getByRole('status');
    await expect(said).toContainText(/Sent1Completed1Failed0$/, { timeout: 200 });
  }).toPass();
  await trend.getByText('Table').click();
  await expect(trend.getByRole('row')).toHaveCount(DAYS_OF_A_WEEK + 1);
  await expect(trend.getByRole('row').last()).toContainText(/110$/);

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Over time (CSV)' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^relaypacs-trend-1w-[\d-]+\.csv$/);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
  expect(lines).toHaveLength(DAYS_OF_A_WEEK + 1);
  expect(lines[0]).toContain('uploads,completed,failed,bytes');
  expect(lines.at(-1)).toMatch(/,1,1,0,\d+,0$/);
  expect(errors).toEqual([]);
});

test('an administrator sees one site, or one person, and can send the address on', async ({
  browser,
  page,
  stage,
}) => {
  const who = await sender(stage, 'chosen');
  await sendOne(page, stage, who, 'analytics-chosen');

  const admin = await openAs(browser, stage, '/uploads');
  // Nothing on the page waits for what draws the charts.
  await admin.route('**/assets/charts-*', (route) => route.abort());
  await admin.goto(`${stage.address}/analytics?period=2w`);
  await admin.getByLabel('Site').selectOption(who.site);
  await expect(section(admin, 'Studies by modality').getByRole('row')).toHaveCount(2);
  await expect(admin.getByText('The chart could not be loaded.').first()).toBeVisible();
  await expect(figure(admin, 'Studies').first()).toContainText(/^Studies1/);
  await admin.getByRole('button', { name: /^Person/ }).click();
  await admin.getByLabel('Name or e-mail address').fill('Dr. chosen');
  await admin.getByRole('button', { name: /^Dr. chosen/ }).click();
  await expect(admin.getByRole('button', { name: 'Person Dr. chosen' })).toBeVisible();
  await expect(figure(admin, 'Studies').first()).toContainText(/^Studies1/);
  const address = new URL(admin.url());
  expect([...address.searchParams.keys()]).toEqual(['period', 'site', 'user']);

  await admin.reload();
  await expect(admin.getByRole('button', { name: 'Person Dr. chosen' })).toBeVisible();
  await admin.goBack();
  await expect(admin.getByRole('button', { name: 'Person Everybody' })).toBeVisible();
  await admin.context().close();
});

test('the numbers can be read by everybody, on phone and desktop', async ({
  browser,
  page,
  stage,
}) => {
  test.setTimeout(240_000);
  await sendOne(page, stage, await sender(stage, 'read'), 'analytics-read');
  const admin = await openAs(browser, stage, '/analytics');
  for (const look of LOOKS) {
    await admin.evaluate((chosen) => {
      localStorage.setItem('relaypacs-preferences', JSON.stringify(chosen));
    }, look);
    for (const { size, view } of SIGHTS) {
      await admin.setViewportSize(size);
      await admin.reload();
      await showAll(admin, view);
      const where = `${look.language}, ${look.theme}, ${size.width} px, ${view}`;
      expect(await faults(admin), where).toEqual([]);
    }
  }
  await admin.context().close();
});

/** Show every part as a chart or as a table. */
async function showAll(page: Page, view: 'charts' | 'tables'): Promise<void> {
  const parts = page.getByRole('region').filter({ has: page.getByRole('heading', { level: 2 }) });
  await page.getByRole('term').first().waitFor();
  for (const part of await parts.all()) {
    const choice = part.locator('fieldset label').nth(view === 'charts' ? 0 : 1);
    if ((await choice.count()) > 0) await choice.click();
  }
  if (view === 'charts') await page.locator('svg.recharts-surface').first().waitFor();
  else await page.getByRole('table').first().waitFor();
}
