// The API's description in a real browser: node docs-page.mjs CHROMIUM SERVER.
// Prints what was seen as JSON; the test that started it judges.
import { argv, stdout } from 'node:process';

import { chromium } from 'playwright-core';

import { watch } from './watch.mjs';

const [, , executablePath, server] = argv;

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--disable-gpu',
    '--disable-background-networking',
    // A name instead of 127.0.0.1, because viewers ask public services only about what looks public.
    '--host-resolver-rules=MAP gateway.example 127.0.0.1, MAP * ~NOTFOUND',
    // As behind a proxy with TLS; on plain http the browser would complain of headers that it ignores there.
    `--unsafely-treat-insecure-origin-as-secure=${server}`,
  ],
});
try {
  const page = await browser.newPage();
  const seen = await watch(page);
  await page.goto(`${server}/docs`);
  await page.locator('.opblock').first().waitFor();
  const operations = await page.locator('.opblock').evaluateAll((blocks) =>
    blocks.map((block) => {
      const path = block.querySelector('.opblock-summary-path').dataset.path;
      return `${block.querySelector('.opblock-summary-method').innerText} ${path}`;
    }),
  );

  // Opened, an operation shows its parameters, its answers and their models: the rest of the viewer.
  await page.locator('.opblock-summary-control').first().click();
  await page.locator('.opblock-body .responses-table').first().waitFor();
  await page.waitForLoadState('networkidle');
  stdout.write(JSON.stringify({ operations, ...seen }));
} finally {
  await browser.close();
}
