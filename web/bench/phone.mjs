// A clinician's phone on 2 Mbit/s, from nothing to a study that is proven to be in the PACS:
// node phone.mjs CHROMIUM SERVER STUDY, with USERNAME and PASSWORD; STUDY is a folder of images.
// Prints seconds as JSON. The link is Chromium's own emulation, which a service worker's requests would go around.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';

import { devices } from 'playwright-core';

import { launch } from '../e2e/browser.mjs';

const [, , executablePath, server, study] = argv;
const BYTES_PER_SECOND = 2_000_000 / 8;
const LATENCY_MS = 150;
const CPU_SLOWDOWN = 4;
const HOUR_MS = 3_600_000;

async function asOnAPhone(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: LATENCY_MS,
    downloadThroughput: BYTES_PER_SECOND,
    uploadThroughput: BYTES_PER_SECOND,
  });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
}

async function seconds(act) {
  const began = Date.now();
  await act();
  return (Date.now() - began) / 1000;
}

const browser = await launch(executablePath);
try {
  const context = await browser.newContext({ ...devices['Pixel 7'], serviceWorkers: 'block' });
  const page = await context.newPage();
  await asOnAPhone(page);
  const figures = {};
  figures.signInUsable = await seconds(async () => {
    await page.goto(`${server}/send`);
    await page.locator('input[name=username]').fill(env.USERNAME);
  });
  await page.locator('input[name=password]').fill(env.PASSWORD);
  figures.sendUsable = await seconds(async () => {
    await page.locator('button[type=submit]').click();
    await page.locator('label').filter({ hasText: 'Choose files' }).click({ trial: true });
  });
  const names = await readdir(study);
  figures.read = await seconds(async () => {
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(names.map((name) => join(study, name)));
    await page.getByRole('button', { name: 'Send the study of' }).waitFor({ timeout: HOUR_MS });
  });
  figures.verified = await seconds(async () => {
    await page.getByRole('button', { name: 'Send the study of' }).click();
    await page.getByText(/^(Safe to delete|Keep your own copy)/).waitFor({ timeout: HOUR_MS });
  });
  stdout.write(JSON.stringify(figures));
} finally {
  await browser.close();
}
