// Signs in and takes a picture of every page in its states: node capture.mjs CHROMIUM SERVER FOLDER ROUND STUDIES, with USERNAME
// and PASSWORD. ROUND is `daily`, which goes on as READER and as SENDER, or `administering`. STUDIES is a folder with the studies
// `picked`, `sent` and `sent-phone`, each a folder of images.
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { env, argv } from 'node:process';

const { chromium } = createRequire(new URL('../../web/package.json', import.meta.url))(
  'playwright-core',
);

const [, , executablePath, server, folder, round, studies] = argv;
const SIZES = {
  '': { width: 1440, height: 900 },
  '-phone': { width: 360, height: 740 },
};
const WAIT_MS = 30_000;

class Camera {
  constructor(page, suffix) {
    this.page = page;
    this.suffix = suffix;
  }

  async go(path) {
    await this.page.goto(server + path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
  }

  /** A page is whole when no part of it stands for what is still on its way. */
  async whole() {
    await this.page.locator('.animate-pulse').first().waitFor({ state: 'detached' });
    await this.page.getByText('Being brought up to date').waitFor({ state: 'detached' });
  }

  /** Take a picture of what is seen, or of a part of the page. */
  async take(name, part = this.page) {
    await this.whole();
    await this.page.mouse.move(0, 0);
    await this.page.evaluate(() => document.fonts.ready.then(() => undefined));
    await part.screenshot({
      path: join(folder, `${name}${this.suffix}.png`),
    });
  }
}

async function signIn(camera, username) {
  const { page } = camera;
  await page.goto(server);
  await page.locator('input[name=username]').fill(username);
  if (username === env.USERNAME) await camera.take('sign-in');
  await page.locator('input[name=password]').fill(env.PASSWORD);
  await page.locator('button[type=submit]').click();
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor();
}

async function lists(camera) {
  const { page } = camera;
  const stat = page.getByRole('link').filter({ hasText: 'Erika' });
  await camera.go('/uploads');
  await stat.waitFor();
  await camera.take('uploads');
  await camera.go('/uploads?status=pending');
  await camera.take('uploads-none');
  await camera.go('/uploads');
  await stat.click();
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'Erika' }).waitFor();
  await camera.take('upload');
  await camera.go('/uploads');
  await page.getByRole('link').filter({ hasText: 'Ada' }).click();
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  await camera.take('held');
}

async function choose(page, study) {
  const names = await readdir(join(studies, study));
  const files = names.map((name) => join(studies, study, name));
  await page.locator('input[type=file]').first().setInputFiles(files);
  await page.getByRole('article').first().waitFor();
  await page.getByRole('article').getByRole('img').first().waitFor();
}

async function sending(camera) {
  const { page } = camera;
  await camera.go('/send');
  await camera.take('send-empty');
  await choose(page, `sent${camera.suffix}`);
  await page.getByRole('button', { name: 'Send the study of' }).click();
  await page
    .getByText(/^(Safe to delete|Keep your own copy)/)
    .first()
    .waitFor({ timeout: WAIT_MS });
  await choose(page, 'picked');
  await page.evaluate(() => window.scrollTo(0, 0));
  await camera.take('send');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Send the study of' }).click();
  await page.getByText('Waiting for its turn').waitFor();
  await page.getByRole('heading', { name: 'On this device' }).scrollIntoViewIfNeeded();
  await camera.take('queue');
}

async function rest(camera) {
  await camera.go('/notifications');
  await camera.page.getByRole('table').waitFor();
  await camera.take('notifications');
  await camera.go('/account');
  await camera.take('account');
  await camera.go('/nowhere');
  await camera.take('not-found');
}

async function reading(camera) {
  const { page } = camera;
  await camera.go('/worklist?part=all');
  await page.getByRole('table', { name: 'Worklist' }).waitFor();
  await camera.take('worklist');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await camera.take('worklist-keys');
}

async function writing(camera) {
  const { page } = camera;
  await camera.go('/worklist?part=all');
  await page.getByRole('link').filter({ hasText: 'Erika' }).first().click();
  const findings = page.getByRole('textbox', { name: 'Findings' });
  await findings.fill('No intracranial bleeding. No fracture of the skull.');
  await page.getByRole('textbox', { name: 'Impression' }).fill('No sequelae of the fall.');
  await page
    .getByText(/^Saved/)
    .first()
    .waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
  await camera.take('report');
}

async function waiting(camera) {
  await camera.go('/reports');
  await camera.page.getByRole('table', { name: 'Reports' }).waitFor();
  await camera.take('reports');
}

async function administering(camera) {
  const { page } = camera;
  await camera.go('/admin/system');
  await page
    .getByRole('region', { name: 'What needs attention' })
    .getByRole('listitem')
    .first()
    .waitFor();
  await page.getByRole('table', { name: 'Jobs' }).waitFor();
  await camera.take('system');
  await camera.go('/admin/deliveries');
  await page.getByRole('table', { name: 'Deliveries' }).waitFor();
  await camera.take('deliveries');
  await camera.go('/admin/destinations');
  await page.getByText('Failing', { exact: true }).waitFor();
  await camera.take('destinations', page.getByRole('article', { name: 'Archive of the region' }));
  await camera.go('/admin/users');
  await page.getByRole('link', { name: 'Anna Weber' }).waitFor();
  await camera.take('users');
  await camera.go('/admin/audit');
  const events = page.getByRole('table');
  await events.waitFor();
  await camera.whole();
  await events.evaluate((table) => window.scrollBy(0, table.getBoundingClientRect().top - 100));
  await camera.take('audit');
  await camera.go('/analytics?period=1w');
  const figures = page.locator('svg.recharts-surface').or(page.getByRole('table'));
  await figures.first().waitFor();
  await camera.take('analytics');
}

/** Look at the app in a browser of somebody's own. */
async function as(browser, username, options, suffix, look) {
  const context = await browser.newContext(options);
  const camera = new Camera(await context.newPage(), suffix);
  await signIn(camera, username);
  await look(camera);
  await context.close();
}

const ROUNDS = {
  daily: async (browser, options, suffix) => {
    await as(browser, env.USERNAME, options, suffix, async (camera) => {
      await lists(camera);
      await rest(camera);
      await sending(camera); // the last study stays here, and is in no list of the next round
    });
    await as(browser, env.READER, options, suffix, async (camera) => {
      await reading(camera);
      await writing(camera);
    });
    await as(browser, env.SENDER, options, suffix, waiting);
  },
  administering: (browser, options, suffix) =>
    as(browser, env.USERNAME, options, suffix, administering),
};

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox'],
});
try {
  for (const [suffix, viewport] of Object.entries(SIZES)) {
    const options = { viewport, reducedMotion: 'reduce' };
    await ROUNDS[round](browser, options, suffix);
  }
} finally {
  await browser.close();
}
