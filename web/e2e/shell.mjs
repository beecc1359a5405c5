/* global document, navigator, Event */
// The app without network, and a new version of it, in a real browser:
// node shell.mjs CHROMIUM SERVER FOLDER, with USERNAME and PASSWORD; FOLDER is what SERVER serves the app from.
// Prints what was seen as JSON; the test that started it judges.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';

import { launch, openPage, signIn } from './browser.mjs';

const [, , executablePath, server, folder] = argv;
const seen = {};

/** What stands between this page and being installed, in Chromium's own words. */
async function installabilityErrors(page) {
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors: errors } = await devtools.send('Page.getInstallabilityErrors');
  // A second session would undo what the first one says of the network.
  await devtools.detach();
  // The browser that is driven here has a profile that leaves no trace, which installs nothing.
  return errors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito');
}

async function withoutNetwork(page) {
  await page.context().setOffline(true);
  await page.reload();
  const words = async () => ({
    notice: await page.getByRole('status').filter({ hasText: 'offline' }).first().innerText(),
    heading: await page.getByRole('heading', { level: 1 }).innerText(),
  });
  await page.getByRole('heading', { level: 1 }).waitFor();
  seen.offline = [await words()];
  await page.goto(`${server}/account`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  seen.offline.push(await words());
  await page.getByLabel('Language').selectOption('fr');
  await page.getByLabel('Langue').selectOption('en');
  await page.context().setOffline(false);
}

/** Publish another version; one page asks for it while another one is busy. */
async function update(page, busyPage) {
  await busyPage.evaluate(() => {
    void navigator.locks.request(
      'relaypacs-busy',
      { mode: 'shared' },
      () => new Promise((resolve) => document.addEventListener('done', resolve)),
    );
  });
  await appendFile(join(folder, 'sw.js'), '\n// another version\n');
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  const notice = page.getByRole('status').filter({ hasText: 'new version' });
  await page.getByRole('button', { name: 'Update' }).click();
  await notice.filter({ hasText: 'as soon as sending has finished' }).waitFor();
  let reloaded = false;
  page.once('load', () => (reloaded = true));
  await page.waitForTimeout(500);
  seen.reloadedWhileBusy = reloaded;
  const load = page.waitForEvent('load');
  await busyPage.evaluate(() => document.dispatchEvent(new Event('done')));
  await load;
  await page.getByRole('heading', { level: 1 }).waitFor();
  seen.noticesAfterwards = await notice.count();
  seen.otherPage = await busyPage
    .getByRole('status')
    .filter({ hasText: 'new version' })
    .first()
    .innerText();
}

const browser = await launch(executablePath);
try {
  const { page, seen: watched } = await openPage(browser, {});
  await page.goto(server);
  await signIn(page, env.USERNAME, env.PASSWORD);
  await page.getByRole('heading', { name: 'Uploads', exact: true }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  seen.controlled = await page.evaluate(() => navigator.serviceWorker.controller !== null);
  seen.installabilityErrors = await installabilityErrors(page);
  const other = await page.context().newPage();
  await other.goto(server);
  await other.getByRole('heading', { level: 1 }).waitFor();
  await withoutNetwork(page);
  await update(page, other);
  await page.goto(`${server}/docs`);
  await page.locator('.opblock').first().waitFor();
  stdout.write(JSON.stringify({ ...seen, violations: watched.violations }));
} finally {
  await browser.close();
}
