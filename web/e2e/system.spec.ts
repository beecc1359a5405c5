import type { Page } from '@playwright/test';

import { checked, lookLike, LOOKS, unreached } from './everybody';
import { send } from './queue';
import { consoleErrors, expect, signIn, test, type Stage } from './stage';

const PAGES = ['/admin/system', '/admin/held', '/admin/webhooks', '/admin/webhooks/new'];
/** The pages of the console ask again by themselves. */
const LIVE = { timeout: 30_000 };
const HERE = 'https://127.0.0.1:9/hook';

const attention = (page: Page) => page.getByRole('region', { name: 'What needs attention' });

/** Send a study of two patients, which is held. */
async function sendMixed(page: Page, stage: Stage, name: string, family: string): Promise<void> {
  const study = await stage.make(name, 2, { patient_name: `${family}^Anna`, patient_id: 'PAT-A' });
  await stage.tell({
    do: 'add',
    folder: study.folder,
    file_name: 'OTHER.dcm',
    patient_name: `${family}^Berta`,
    patient_id: 'PAT-B',
    study_uid: study.uid,
    instance_number: 9,
  });
  study.files.push(`${study.folder}/OTHER.dcm`);
  await page.goto(`${stage.address}/send`);
  await send(page, study, 'STAT');
}

test('a held study appears, is decided on, and leaves', async ({ page, context, stage }) => {
  const errors = consoleErrors(context);
  await signIn(page, stage);
  const console = await context.newPage();
  await console.goto(`${stage.address}/admin/held`);
  await expect(console.getByText('Nothing to decide')).toBeVisible();

  await sendMixed(page, stage, 'system-held', 'Verwechselt');
  const row = console.getByRole('row').filter({ hasText: 'Verwechselt' });
  await expect(row).toContainText('Files of several patients', LIVE);
  await expect(row).toContainText('STAT');

  await console.goto(`${stage.address}/admin/system`);
  await expect(attention(console)).toContainText('Held studies wait for somebody to decide');
  await attention(console).getByRole('link', { name: 'Decide now' }).click();
  await page.goto(`${stage.address}/admin/held`); // where somebody else looks on
  const watched = page.getByRole('row').filter({ hasText: 'Verwechselt' });
  await expect(watched).toBeVisible();
  await row.getByRole('link').focus();
  await console.keyboard.press('Enter');
  await console.getByRole('button', { name: 'Send one upload for each patient' }).click();
  await expect(console.getByRole('heading', { name: 'A decision is needed' })).toBeHidden();
  await expect(watched).toBeHidden(LIVE);
  await expect(page.getByText('Nothing to decide')).toBeVisible();

  await console.goto(`${stage.address}/admin/system`);
  await expect(attention(console)).toContainText('Nothing needs attention', LIVE);
  expect(errors).toEqual([]);
});

test('a PACS that has stopped is named, with what waits for it, until it is back', async ({
  page,
  stage,
}) => {
  await signIn(page, stage, '/admin');
  await expect(page).toHaveURL(/\/admin\/system$/);
  const study = await stage.make('system-stopped', 2, { patient_name: 'Gestoppt^Gerda' });
  await stage.tell({ do: 'stop_pacs' });
  const sender = await page.context().newPage();
  await sender.goto(`${stage.address}/send`);
  await send(sender, study);

  await expect(attention(page)).toContainText('“First destination” is failing', LIVE);
  await expect(attention(page)).toContainText('1 delivery', LIVE);
  await expect(page.getByRole('row').filter({ hasText: 'First destination' })).toContainText(
    'Failing',
  );
  // Another file may have made a second destination of the same PACS.
  const failing = attention(page).getByRole('listitem').filter({ hasText: 'First destination' });
  const leads = failing.getByRole('link', { name: 'Open destinations' });
  await expect(leads).toHaveAttribute('href', '/admin/destinations');

  await stage.tell({ do: 'start_pacs' });
  await expect(attention(page)).toContainText('Nothing needs attention', { timeout: 60_000 });
});

test('a gateway that is gone is said to be so, and what was known stays', async ({
  page,
  stage,
}) => {
  await signIn(page, stage, '/admin/system');
  await expect(page.getByRole('table', { name: 'Jobs' })).toBeVisible();
  await stage.tell({ do: 'kill' });
  await expect(page.getByText('The gateway did not answer')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('table', { name: 'Jobs' })).toBeVisible();
  await stage.tell({ do: 'start' });
  await expect(page.getByText('The gateway did not answer')).toBeHidden({ timeout: 60_000 });
});

test('a webhook is made, tested, changed and removed', async ({ page, stage }) => {
  await signIn(page, stage, '/admin/webhooks');
  await page.getByRole('link', { name: 'New webhook' }).click();
  await page.getByLabel('Address').fill(HERE);
  await page.getByRole('button', { name: 'Make the webhook' }).click();
  await expect(page.getByText('Choose at least one.')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Critical result' }).check();
  await page.getByRole('button', { name: 'Make the webhook' }).click();
  await expect(page.getByText(/^whsec_/)).toBeVisible();
  await page.getByRole('button', { name: 'I have kept it' }).click();

  await page.getByRole('button', { name: 'Test call' }).click();
  await expect(page.getByRole('alert')).toContainText('Webhook unavailable');
  await page.getByRole('button', { name: 'Turn off' }).click();
  await expect(page.getByText('Turned off')).toBeVisible();
  await page.getByRole('checkbox', { name: 'A report is ready' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The webhook is saved.')).toBeVisible();
  await page.getByRole('link', { name: 'All webhooks' }).click();
  await expect(page.getByRole('row').filter({ hasText: HERE })).toContainText('Turned off');
  await page.getByRole('link', { name: HERE }).click();
  await page.getByRole('button', { name: 'Remove the webhook' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove the webhook' }).click();
  await expect(page.getByText('There is no webhook')).toBeVisible();
});

test('the pages can be used by everybody, on phone and desktop', async ({ page, stage }) => {
  test.setTimeout(300_000);
  await signIn(page, stage);
  await page.goto(`${stage.address}/admin/webhooks/new`);
  await page.getByLabel('Address').fill(`${HERE}/${'long-'.repeat(30)}`);
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Make the webhook' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('heading', { name: 'State' }).waitFor();
  const webhook = new URL(page.url()).pathname;
  await sendMixed(page, stage, 'system-looks', 'Wolfeschlegelsteinhausenbergerdorff-Featherstone');
  await page.goto(`${stage.address}/admin/held`);
  await expect(page.getByRole('row').filter({ hasText: 'Wolfe' })).toBeVisible(LIVE);

  for (const look of LOOKS) {
    await lookLike(page, look);
    for (const path of [...PAGES, webhook]) {
      await page.goto(`${stage.address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[role=table], form').first().waitFor();
      await checked(page, `${path} in ${look.language}, ${look.theme}`);
      expect(await unreached(page), path).toEqual([]);
    }
  }
});
