import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { defineConfig, devices } from '@playwright/test';

/** Where Debian has its browsers; Playwright's own are taken where they were downloaded. */
const CHROMIUM = '/usr/bin/chromium';
const hasOwn = (browser: string) => process.env.PLAYWRIGHT_BROWSERS?.split(',').includes(browser);

/** Videos need Playwright's own ffmpeg: `npx playwright install ffmpeg`. A trace has pictures of every step anyway. */
const DOWNLOADED = join(homedir(), '.cache/ms-playwright');
const canRecord =
  existsSync(DOWNLOADED) && readdirSync(DOWNLOADED).some((name) => name.startsWith('ffmpeg'));

const chromium = {
  name: 'chromium',
  use: {
    ...devices['Desktop Chrome'],
    launchOptions: {
      ...(existsSync(CHROMIUM) && { executablePath: CHROMIUM }),
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
};
const firefox = { name: 'firefox', use: { ...devices['Desktop Firefox'] } };
const webkit = { name: 'webkit', use: { ...devices['iPhone 15'] } };

/**
 * `npx playwright test`; E2E_FOLDER takes what the tests leave, PYTHON is the one that the servers run with.
 *
 * E2E_TRACE=1 keeps traces of what fails, which costs a quarter more. A picture, and what the page said, there is always.
 * PLAYWRIGHT_BROWSERS=firefox,webkit adds those, where `npx playwright install` has brought them.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: `${process.env.E2E_FOLDER ?? 'node_modules/.tmp/e2e'}/results`,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  // Each has servers of its own (e2e/stage.ts). Much of what they do is waiting: two cores have work for three.
  workers: 3,
  fullyParallel: true,
  forbidOnly: true,
  reporter: [['list']],
  use: {
    // Nothing fades: what is half transparent has half the contrast.
    contextOptions: { reducedMotion: 'reduce' },
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    video: canRecord ? 'retain-on-failure' : 'off',
  },
  projects: [
    chromium,
    ...(hasOwn('firefox') ? [firefox] : []),
    ...(hasOwn('webkit') ? [webkit] : []),
  ],
});
