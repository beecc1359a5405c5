import { readFile } from 'node:fs/promises';

import type { Browser, Locator, Page } from '@playwright/test';

import { faults } from './faults';
import { send } from './queue';
import { consoleErrors, expect, signIn, test, type Credentials, type Stage } from './stage';

/** What came over the stream comes at once; while a study is sent the list is asked for every half minute. */
const LIVE = { timeout: 45_000 };
/** The stage escalates after a minute. */
const ESCALATED = { timeout: 120_000 };

/** A browser of somebody's own. */
async function browserOf(
  browser: Browser,
  stage: Stage,
  path: string,
  who: Credentials,
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext();
  const errors = consoleErrors(context);
  const page = await context.newPage();
  await signIn(page, stage, path, who);
  return { page, errors };
}

/** The toast that says it. */
const toast = (page: Page, words: string): Locator =>
  page.locator('[data-toast]').filter({ hasText: words }).last();

/** Follow the toast that says it to the page that it is about. */
async function follow(page: Page, words: string): Promise<void> {
  await expect(toast(page, words)).toBeVisible(LIVE);
  await toast(page, words).getByRole('link').click();
}

/** The pages of the report, as this browser has them. */
async function pdfOf(page: Page): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download', exact: true }).click();
  return (await readFile(await (await download).path())).toString('latin1');
}

async function sign(page: Page, who: Credentials, title: string, act: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign…' }).click();
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByLabel('Your password').fill(who.password);
  await dialog.getByRole('button', { name: act }).click();
  await expect(dialog).toBeHidden();
}

test('a study is sent, asked about, read and added to, and its critical result finds somebody', async ({
  browser,
  stage,
}) => {
  test.setTimeout(240_000);
  const rosa = await stage.person('rosa', 'clinician', { full_name: 'Dr. Rosa' });
  const carla = await stage.person('carla', 'clinician', { full_name: 'Dr. Carla' });
  const ray = await stage.person('ray', 'radiologist', { full_name: 'Dr. Ray' });
  const study = await stage.make('loop', 3, {
    patient_name: 'Loop^Lena',
    body_part_examined: 'HEAD',
  });

  const { page: reader, errors: readersErrors } = await browserOf(browser, stage, '/worklist', ray);
  await expect(reader.getByText('Loop, Lena')).toBeHidden();
  const { page: ward, errors: wardsErrors } = await browserOf(browser, stage, '/send', rosa);
  await send(ward, study, 'STAT');

  // The radiologist sees it come, and opens it.
  const row = reader.locator('[data-row]').filter({ hasText: 'Loop, Lena' });
  await expect(row).toBeVisible(LIVE);
  await expect(row).toContainText('STAT');
  await row.getByRole('link').first().click();
  const findings = reader.getByRole('textbox', { name: 'Findings' });
  await findings.fill('Half of a head.');

  // More is needed: the question goes out, the answer comes back with a way to the study.
  await reader.getByRole('button', { name: 'Ask the sender…' }).click();
  await reader.getByLabel('Your question').fill('Which side was hit?');
  await reader.getByRole('button', { name: 'Send the question' }).click();
  await expect(reader.getByText('The sender is asked')).toBeVisible();
  await follow(ward, 'More data are needed');
  await expect(ward.getByText('Which side was hit?')).toBeVisible();
  await ward.getByLabel('Your answer').fill('The left one.');
  await ward.getByRole('button', { name: 'Send the answer' }).click();
  await expect(ward.getByText('Being read')).toBeVisible();
  await ward.getByRole('link', { name: 'Uploads' }).click();
  await expect(reader.getByText('The left one.')).toBeVisible(LIVE);
  await expect(findings).toHaveValue('Half of a head.');

  // It is reported, and the ward is told and reads the pages.
  await findings.fill('A fracture on the left.');
  await reader.getByRole('switch', { name: 'Critical result' }).press('Space');
  await sign(reader, ray, 'Sign the final report', 'Sign as final');
  await expect(reader.getByText('Whoever sent the study is told now.')).toBeVisible();
  await expect(toast(ward, 'A report is ready')).toBeVisible(LIVE);
  await follow(ward, 'Critical result');
  await expect(ward.getByText('Critical result: read it now')).toBeVisible();
  const first = await pdfOf(ward);
  expect(first).toMatch(/^%PDF-/);
  expect(await faults(ward)).toEqual([]);

  await reader.getByRole('button', { name: 'Add an addendum' }).click();
  await findings.fill('The right side is whole.');
  await sign(reader, ray, 'Sign the addendum', 'Sign the addendum');
  // The ward has the report open: the page shows what has come to it by itself.
  await expect(async () => {
    expect(await pdfOf(ward)).not.toBe(first);
  }).toPass(LIVE);

  // Nobody says that it is known: a colleague of the site is told, and does.
  const { page: colleague } = await browserOf(browser, stage, '/reports', carla);
  await expect(toast(colleague, 'Critical result')).toBeVisible(ESCALATED);
  await toast(colleague, 'Critical result').getByRole('link').click();
  await colleague.getByRole('button', { name: 'I know of it' }).click();
  await expect(colleague.getByText(/has said that it is known/)).toBeVisible();
  expect([...readersErrors, ...wardsErrors]).toEqual([]);
  await reader.reload();
  await expect(reader.getByText(/^Dr. Carla, .* has read the report\.$/)).toBeVisible();
  expect(await faults(reader)).toEqual([]);
  for (const page of [reader, ward, colleague]) await page.context().close();
});
