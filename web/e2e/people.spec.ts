import type { Page } from '@playwright/test';

import { checked, LOOKS, lookLike, unreached } from './everybody';
import { consoleErrors, expect, signIn, test } from './stage';

const PASSWORD = 'Lantern-Orchard-73-Velvet';

/** What a link card on the page says. */
async function shownLink(page: Page): Promise<string> {
  return page.getByLabel('The link', { exact: true }).innerText();
}

test('a colleague is invited, gets another role, and the trail tells of it', async ({
  browser,
  page,
  stage,
}) => {
  const errors = consoleErrors(page.context());
  await signIn(page, stage, '/admin/invitations');
  await page.getByRole('button', { name: 'New invitation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill('ines@example.org');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await shownLink(page);
  await page.getByRole('button', { name: 'I have handed it on' }).click();

  const colleague = await (await browser.newContext()).newPage();
  await colleague.goto(link);
  await colleague.getByLabel('User name').fill('ines.invited');
  await colleague.getByLabel('Full name').fill('Inês Invited');
  await colleague.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await colleague.getByRole('button', { name: 'Create the account' }).click();
  await colleague.getByText('Your account is ready').waitFor();
  await signIn(colleague, stage, '/uploads', { username: 'ines.invited', password: PASSWORD });

  await page.reload();
  await page
    .getByRole('row', { name: /ines@example\.org/ })
    .getByText('Accepted')
    .waitFor();
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByRole('textbox', { name: 'Search' }).fill('invited');
  await page.getByText('1 account', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Inês Invited' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inês Invited');
  await page.getByText(/^Chrome on/).waitFor();
  await page.getByLabel('Role', { exact: true }).selectOption('radiologist');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nowhere at present.').waitFor();
  await colleague.getByText('Your session has ended').waitFor();

  await page.getByRole('link', { name: 'What was done to the account' }).click();
  await page.getByRole('button', { name: 'Account changed' }).click();
  await expect(page.getByRole('dialog')).toContainText('Radiologist');
  await page.getByRole('dialog').getByRole('link', { name: 'Open it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inês Invited');

  await page.getByRole('link', { name: 'Audit trail' }).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  expect((await saving).suggestedFilename()).toMatch(/^relaypacs-audit-\w+\.csv$/);
  await page.getByRole('button', { name: 'Check the trail' }).click();
  await expect(page.getByRole('alert')).toContainText('events are as they were written');
  expect(errors).toEqual([]);
});

const PAGES = [
  '/admin/users?state=active&q=e',
  '/admin/users/new',
  '/admin/sites',
  '/admin/invitations',
  '/admin/audit?outcome=success',
];

/** Both themes and both directions, without every pair of them. */
const TRIED = LOOKS.filter(({ language, theme }) => language === 'ar' || theme === 'light');

for (const look of TRIED) {
  const { language, theme } = look;

  test(`people and the trail can be run by everybody: ${language}, ${theme}`, async ({
    page,
    stage,
  }) => {
    test.setTimeout(180_000);
    const username = `very.${'long.'.repeat(7)}${language}.${theme}`;
    await stage.person(username, 'radiographer', {
      full_name: 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Hubert',
      site: `Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch ${language} ${theme}`,
    });
    await signIn(page, stage, `/admin/users?q=${username}`);
    const account = await page.getByRole('link', { name: /Featherstone/ }).getAttribute('href');
    await lookLike(page, look);
    for (const path of [...PAGES, String(account)]) {
      await page.goto(`${stage.address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await checked(page, path);
      expect(await unreached(page), path).toEqual([]);
    }
    await page.goto(`${stage.address}/admin/audit`);
    await page.getByRole('row').nth(1).getByRole('button').press('Enter');
    await page.getByRole('dialog').waitFor();
    await checked(page, 'an event');
  });
}
