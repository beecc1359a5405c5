import type { Page } from '@playwright/test';

import { faults } from './faults';
import { send } from './queue';
import { consoleErrors, expect, signIn, test } from './stage';

/** The account of the stage's PACS. */
const PACS = { username: 'relay', password: 'relay' };
/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:9/dicom-web';

// English comes last: what follows a check reads on from there.
const LOOKS = [
  { language: 'ar', theme: 'dark', width: 360, height: 740 },
  { language: 'en', theme: 'light', width: 360, height: 740 },
  { language: 'en', theme: 'dark', width: 1440, height: 900 },
] as const;

/** What is wrong with a page, in both themes, on a phone and a wide screen, and from right to left. */
async function checked(page: Page, path: string, name: string, part: string): Promise<void> {
  for (const { language, theme, ...size } of LOOKS) {
    await page.setViewportSize(size);
    await page.evaluate(
      (preferences) => localStorage.setItem('relaypacs-preferences', JSON.stringify(preferences)),
      { language, theme },
    );
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator(part).first().waitFor();
    const look = `${name}-${language}-${theme}-${size.width}`;
    expect(await faults(page), look).toEqual([]);
    if (process.env.E2E_PICTURES) {
      await page.screenshot({
        path: `${process.env.E2E_PICTURES}/${look}.png`,
        fullPage: true,
      });
    }
  }
  await page.evaluate(() => localStorage.removeItem('relaypacs-preferences'));
}

test('a destination that is not there is named, mended and caught up with', async ({
  page,
  context,
  stage,
}) => {
  test.setTimeout(300_000);
  const errors = consoleErrors(context);
  const destinations = `${stage.address}/admin/destinations`;
  const study = await stage.make('places', 2, { patient_name: 'Places^One' });
  await signIn(page, stage, '/admin/destinations');

  // The address of a PACS that works, for later.
  await page.getByRole('link', { name: 'Edit First destination' }).click();
  const works = await page.getByLabel('Address', { exact: true }).inputValue();
  await page.getByRole('link', { name: 'All destinations' }).click();

  await page.getByRole('link', { name: 'New destination' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Region North');
  await page.getByLabel('Address', { exact: true }).fill(NOBODY);
  await page.getByLabel('Modalities').first().fill('CT, MR');
  await page.getByLabel('Modalities').last().fill('US');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await expect(page.getByText('Modalities: wants CT, MR; the study has US.')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();

  const card = page.getByRole('article', { name: 'Region North' });
  await card.getByRole('button', { name: 'Test the connection' }).click();
  await expect(card.getByRole('alert')).toContainText('Unreachable');
  await expect(card.getByText('Failing', { exact: true })).toBeVisible();

  await page.goto(`${stage.address}/send`);
  await send(page, study);
  await page.goto(destinations);
  await expect(card.getByText('1 delivery waits')).toBeVisible({ timeout: 60_000 });
  await checked(page, destinations, 'destinations', 'li h2');

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(destinations);
  await card.getByRole('link', { name: /^Unreachable/ }).click();
  const rows = page.getByRole('table', { name: 'Deliveries' }).getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText('Unreachable');
  await checked(page, page.url(), 'deliveries', '[data-row]');
  await rows.last().getByRole('link').click();
  await expect(page.getByText('Nothing answers at the address.')).toBeVisible();
  const delivery = page.url();
  await checked(page, delivery, 'delivery', '[role=row] code');

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(destinations);
  await card.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('heading', { name: 'Region North' }).waitFor();
  await checked(page, page.url(), 'destination', 'input[name=address]');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.reload();
  await page.getByLabel('Address', { exact: true }).fill(works);
  await page.getByLabel('User name').fill(PACS.username);
  await page.getByRole('textbox', { name: 'Password' }).fill('not it');
  await page.getByRole('button', { name: 'Save' }).click();
  await card.getByRole('button', { name: 'Test the connection' }).click();
  await expect(card.getByRole('alert')).toContainText('Not allowed in');

  await card.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('textbox', { name: 'Password' }).fill(PACS.password);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto(`${stage.address}/admin/deliveries`);
  await page.getByRole('button', { name: 'Try all of these again' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Try all of these again' }).click();
  await expect(page.getByText(/deliver(y is|ies are) tried again\.$/)).toBeVisible();
  await page.goto(delivery);
  await expect(page.getByRole('status').getByText('Verified')).toBeVisible({ timeout: 60_000 });
  await page.goto(destinations);
  await expect(card.getByText('Up', { exact: true })).toBeVisible();
  // Echoes that fail are answered with 503, which browsers note.
  expect(errors.filter((error) => !error.includes('503'))).toEqual([]);
});
