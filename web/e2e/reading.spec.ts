import type { Page } from '@playwright/test';

import { faults } from './faults';
import { send, verified } from './queue';
import { reportPath } from './reports';
import { expect, signIn, test, type Credentials, type Stage } from './stage';

const SIZES = [
  { width: 360, height: 740 },
  { width: 1440, height: 900 },
];

/** Send a study and let it arrive; return the page of its report and a radiologist who has not opened it yet. */
async function arrived(
  page: Page,
  stage: Stage,
  name: string,
): Promise<{ path: string; reader: Credentials }> {
  const [family = '', given = ''] = name.split(', ');
  const study = await stage.make(`reading-${family.toLowerCase()}`, 3, {
    patient_name: `${family}^${given}`,
    body_part_examined: 'HEAD',
  });
  await signIn(page, stage);
  await send(page, study, 'STAT');
  await verified(page, name);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[name=username]').waitFor();
  const reader = await stage.person(`reads-${family.toLowerCase()}`, 'radiologist', {
    full_name: 'Dr. Ray',
  });
  return { path: await reportPath(page, stage, `${family}^${given}`), reader };
}

const findings = (page: Page) => page.getByRole('textbox', { name: 'Findings' });
const says = (page: Page, words: string | RegExp) => page.getByText(words).first();

/** The browser asks before text that is not saved is left: leave. */
function leaveWhenAsked(page: Page): void {
  page.on('dialog', (dialog) => void dialog.accept());
}

test('a report is written, survives reloads with and without network, is signed and added to', async ({
  page,
  context,
  stage,
}) => {
  test.setTimeout(180_000);
  leaveWhenAsked(page);
  const { path, reader } = await arrived(page, stage, 'Writing, Anna');
  await signIn(page, stage, path, reader);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await expect(page.getByRole('heading', { level: 1, name: 'Writing, Anna' })).toBeVisible();

  await findings(page).pressSequentially('No bleeding.');
  await expect(says(page, /^Saved /)).toBeVisible();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    expect(await faults(page), `${size.width}`).toEqual([]);
  }
  await page.reload();
  await expect(findings(page)).toHaveValue('No bleeding.');

  await context.setOffline(true);
  await findings(page).press('End');
  await findings(page).pressSequentially(' Written in a tunnel.');
  await expect(says(page, 'Kept on this device')).toBeVisible();
  await page.reload();
  await expect(findings(page)).toHaveValue('No bleeding. Written in a tunnel.');
  await context.setOffline(false);
  await expect(says(page, /^Saved /)).toBeVisible();

  await page.keyboard.press('Control+Enter');
  const dialog = page.getByRole('dialog', { name: 'Sign the final report' });
  await expect(dialog.getByText('Writing, Anna')).toBeVisible();
  await expect(dialog.getByText('Written in a tunnel.')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await dialog.getByLabel('Your password').fill('not the password');
  await dialog.getByRole('button', { name: 'Sign as final' }).click();
  await expect(dialog.getByText('The password is wrong.')).toBeVisible();
  await dialog.getByLabel('Your password').fill(reader.password);
  await dialog.getByRole('button', { name: 'Sign as final' }).click();
  await expect(page.getByText('Whoever sent the study is told now.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Open the report (PDF)' })).toBeVisible();

  await page.getByRole('button', { name: 'Add an addendum' }).click();
  await findings(page).pressSequentially('A fracture, too.');
  await page.reload();
  await expect(findings(page)).toHaveValue('A fracture, too.');
  await page.getByRole('button', { name: 'Sign…' }).click();
  await page.getByLabel('Your password').fill(reader.password);
  await page.getByRole('button', { name: 'Sign the addendum' }).click();
  const versions = page.getByRole('region', { name: 'Signed' }).getByRole('heading', { level: 3 });
  await expect(versions).toHaveText(['Addendum 1', 'Final report']);
  expect(await faults(page)).toEqual([]);
});

test('two screens of one radiologist do not overwrite each other', async ({ page, stage }) => {
  test.setTimeout(120_000);
  const { path, reader } = await arrived(page, stage, 'Twice, Bert');
  await signIn(page, stage, path, reader);
  await findings(page).pressSequentially('Begun.');
  await expect(says(page, /^Saved /)).toBeVisible();
  const browser = page.context().browser();
  if (!browser) throw new Error('no browser');
  const other = await (await browser.newContext()).newPage();
  await signIn(other, stage, path, reader);
  await expect(findings(other)).toHaveValue('Begun.');
  await findings(other).fill('From the other screen.');
  await other.keyboard.press('Control+s');
  await expect(says(other, /^Saved /)).toBeVisible();
  await findings(page).fill('From this screen.');
  await page.keyboard.press('Control+s');
  const choice = page.getByRole('region', { name: /changed elsewhere/ });
  await expect(choice.getByText('From the other screen.')).toBeVisible();
  await expect(choice.getByText('From this screen.')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByRole('button', { name: /Keep both/ }).click();
  await expect(findings(page)).toHaveValue('From this screen.\n\nFrom the other screen.');
  await expect(says(page, /^Saved /)).toBeVisible();
  await other.context().close();
});

test('a study is somebody’s until it is left, and goes back to be asked about', async ({
  page,
  stage,
}) => {
  test.setTimeout(120_000);
  const { path, reader } = await arrived(page, stage, 'Claimed, Cleo');
  await signIn(page, stage, path, reader);
  await expect(findings(page)).toBeVisible();
  const colleague = await stage.person('colleague', 'radiologist', { full_name: 'Dr. Anna' });
  const browser = page.context().browser();
  if (!browser) throw new Error('no browser');
  const other = await (await browser.newContext()).newPage();
  await signIn(other, stage, path, colleague);
  await expect(other.getByText('Dr. Ray is reading this study')).toBeVisible();
  expect(await faults(other)).toEqual([]);
  await page.getByRole('link', { name: 'Uploads' }).click(); // nothing was written: it is let go of
  await other.getByRole('button', { name: 'Try now' }).click();
  await expect(findings(other)).toBeVisible();
  await findings(other).fill('Half a head.');
  await other.getByRole('button', { name: 'Ask the sender…' }).click();
  await other.getByLabel('Your question').fill('Where is the rest?');
  await other.getByRole('button', { name: 'Send the question' }).click();
  await expect(other.getByText('The sender is asked')).toBeVisible();
  await other.context().close();
});
