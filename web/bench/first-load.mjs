/* global fetch */
// The app's pages as Lighthouse's phone profile meets them for the first time, with nothing kept from before:
// node first-load.mjs CHROMIUM SERVER ROUNDS FOLDER, with USERNAME and PASSWORD. Prints the figures as JSON.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, env, stdout } from 'node:process';

import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';

import { ARGUMENTS } from '../e2e/browser.mjs';

const [, , executablePath, server, rounds, folder] = argv;
const PAGES = { 'sign-in': '/', send: '/send', uploads: '/uploads' };

/** Bytes on the wire of each script that index.html itself asks for, by its name. */
async function firstScripts() {
  const html = await (await fetch(server)).text();
  const paths = new Set(
    [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, p]) => p),
  );
  const sizes = {};
  for (const path of paths) {
    // fetch unpacks what it gets; the length it was sent with is in the header.
    const answer = await fetch(server + path, { headers: { 'Accept-Encoding': 'gzip' } });
    sizes[path] = Number(answer.headers.get('content-length'));
    await answer.arrayBuffer();
  }
  return sizes;
}

async function audit(port, url) {
  const { lhr } = await lighthouse(url, {
    port,
    logLevel: 'silent',
    onlyCategories: ['performance', 'accessibility'],
    disableStorageReset: true,
  });
  if (env.REPORT) await writeFile(env.REPORT, JSON.stringify(lhr));
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const milliseconds = (name) => lhr.audits[name].numericValue;
  const figures = {
    fcp: milliseconds('first-contentful-paint'),
    lcp: milliseconds('largest-contentful-paint'),
    tti: milliseconds('interactive'),
    tbt: milliseconds('total-blocking-time'),
    cls: milliseconds('cumulative-layout-shift'),
    performance: 100 * lhr.categories.performance.score,
    accessibility: 100 * lhr.categories.accessibility.score,
  };
  if (Object.values(figures).some((figure) => !Number.isFinite(figure)))
    throw new Error(`no figures for ${url}: ${JSON.stringify(figures)}`);
  return figures;
}

async function signIn(context) {
  const page = await context.newPage();
  await page.goto(server);
  await page.locator('input[name=username]').fill(env.USERNAME);
  await page.locator('input[name=password]').fill(env.PASSWORD);
  await page.locator('button[type=submit]').click();
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor();
  await page.close();
}

/** Keep the session, and nothing else of what signing in has brought. */
async function forgetFiles(context) {
  const devtools = await context.newCDPSession(context.pages()[0]);
  await devtools.send('Network.clearBrowserCache');
  await devtools.detach();
}

/** The port that Chromium chose for itself, which it notes in its profile. */
async function debuggingPort(profile) {
  const noted = await readFile(join(profile, 'DevToolsActivePort'), 'utf8');
  return Number(noted.split('\n')[0]);
}

/** One page in a browser that was never here before, or has only just signed in. */
async function measure(path, profile) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [...ARGUMENTS, '--remote-debugging-port=0'],
    serviceWorkers: 'block',
  });
  try {
    if (path !== '/') await signIn(context);
    await forgetFiles(context);
    return await audit(await debuggingPort(profile), server + path);
  } finally {
    await context.close();
  }
}

const pages = {};
for (const [name, path] of Object.entries(PAGES)) {
  pages[name] = [];
  for (let round = 0; round < Number(rounds); round += 1)
    pages[name].push(await measure(path, join(folder, `${name}-${round}`)));
}
stdout.write(JSON.stringify({ scripts: await firstScripts(), pages }));
