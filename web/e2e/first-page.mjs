// A user's first minutes in a real browser: node first-page.mjs CHROMIUM SERVER, with USERNAME and PASSWORD.
// Prints what was seen as JSON; the test that started it judges.
import { readFile } from 'node:fs/promises';
import { argv, env, stdout } from 'node:process';

import { launch, openPage, overflows, signIn } from './browser.mjs';

const [, , executablePath, server] = argv;
const SCREENS = { phone: { width: 360, height: 740 }, desktop: { width: 1440, height: 900 } };

async function visit(browser, viewport) {
  const { page, seen } = await openPage(browser, { viewport });

  await page.goto(server);
  await signIn(page, env.USERNAME, env.PASSWORD);
  const study = page.getByRole('link').filter({ hasText: 'Erika' });
  await study.waitFor();
  const list = await page.locator('main').innerText();
  const tooWide = await overflows(page);

  await study.click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Erika' }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /receipt/i }).click();
  const receipt = await (await download).path();

  await page.reload();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Erika' }).waitFor();
  const detail = await page.locator('main').innerText();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[name=password]').waitFor();
  return { list, detail, overflows: tooWide, ...seen, receipt: await readFile(receipt, 'utf8') };
}

const browser = await launch(executablePath);
try {
  const seen = {};
  for (const [name, viewport] of Object.entries(SCREENS))
    seen[name] = await visit(browser, viewport);
  stdout.write(JSON.stringify(seen));
} finally {
  await browser.close();
}
