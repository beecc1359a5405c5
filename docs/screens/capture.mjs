// Signs in and takes the pictures: node capture.mjs CHROMIUM SERVER FOLDER, with USERNAME and PASSWORD.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { env, argv } from 'node:process';

const { chromium } = createRequire(new URL('../../web/package.json', import.meta.url))('playwright-core');

const [, , executablePath, server, folder] = argv;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 360, height: 740 };

async function take(browser, { viewport, pictures }) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(server);
  await page.locator('input[name=username]').fill(env.USERNAME);
  await page.locator('input[name=password]').fill(env.PASSWORD);
  await page.locator('button[type=submit]').click();
  const stat = page.getByRole('link').filter({ hasText: 'Erika' });
  await stat.waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, pictures.list) });
  if (pictures.upload) {
    await stat.click();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Erika' }).waitFor();
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(folder, pictures.upload) });
  }
  await context.close();
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  await take(browser, { viewport: DESKTOP, pictures: { list: 'uploads.png', upload: 'upload.png' } });
  await take(browser, { viewport: PHONE, pictures: { list: 'uploads-phone.png' } });
} finally {
  await browser.close();
}
