import type { APIRequestContext } from '@playwright/test';

import { faults } from './faults';
import { card, send, verified } from './queue';
import { reportPath } from './reports';
import { consoleErrors, expect, test, type Stage } from './stage';

type Headers = Record<string, string>;

async function bearer(request: APIRequestContext, stage: Stage, username: string) {
  const data = { username, password: stage.password };
  const answer = await request.post(`${stage.address}/api/v1/auth/login`, { data });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { Authorization: `Bearer ${token}` };
}

/** Make an account, and return the header of a session of it. */
async function account(request: APIRequestContext, stage: Stage, username: string, role: string) {
  const headers = await bearer(request, stage, stage.username);
  const data = { username, password: stage.password, role, full_name: `Dr. ${username}` };
  await request.post(`${stage.address}/api/v1/users`, { headers, data });
  return bearer(request, stage, username);
}

/** Have the radiologist claim the study of a report, and ask. */
async function ask(
  request: APIRequestContext,
  stage: Stage,
  path: string,
  headers: Headers,
  text: string,
) {
  const report = `${stage.address}/api/v1${path}`;
  // The connection may have idled for as long as the server keeps it.
  await request.post(`${report}/claim`, { headers, maxRetries: 2 });
  await request.post(`${report}/request-data`, { headers, data: { text } });
}

test('images for a question: that study alone, through a reload, and back to the report', async ({
  page,
  context,
  request,
  stage,
}) => {
  await account(request, stage, 'rosa.asked', 'clinician');
  const reader = await account(request, stage, 'anna.asks', 'radiologist');
  const errors = consoleErrors(context);
  const first = await stage.make('first', 2, { patient_name: 'Half^Study' });
  const more = await stage.make('more', 2, { patient_name: 'Half^Study', study: 'first', seed: 7 });
  const stray = await stage.make('stray', 1, { patient_name: 'Other^Person' });

  await page.goto(`${stage.address}/send`);
  await page.locator('input[name=username]').fill('rosa.asked');
  await page.locator('input[name=password]').fill(stage.password);
  await page.locator('button[type=submit]').click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await send(page, first);
  await verified(page, 'Half, Study');
  await card(page, 'Half').getByRole('button', { name: 'Remove from the list' }).click();
  const path = await reportPath(page, stage, 'Half^Study');
  await ask(request, stage, path, reader, 'The lower half, please.');

  await page.goto(`${stage.address}${path}`);
  await page.getByRole('link', { name: 'Send more images' }).click();
  await expect(page.getByText('The lower half, please.')).toBeVisible();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles([...more.files, ...stray.files]);
  await page.getByRole('button', { name: '1 file is left out' }).click();
  await expect(page.getByText(/another study than the one that was asked about/)).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Send the study of Half, Study' }).click();
  await expect(page.getByText('The images are on their way')).toBeVisible();
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await faults(page)).toEqual([]);
  await page.reload();
  await verified(page, 'Half, Study');
  await card(page, 'Half').getByRole('link', { name: 'Open the report' }).click();
  await expect(page.getByRole('link', { name: /Answered by more images/ })).toBeVisible();
  const stored = await stage.stored();
  expect([...first.digests, ...more.digests].filter((one) => !stored.includes(one))).toEqual([]);
  expect(stored).not.toContain(stray.digests[0]);
  expect(errors).toEqual([]);
});
