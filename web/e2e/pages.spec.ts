import type { Browser, Page } from '@playwright/test';

import { checked, LOOKS, lookLike, unreached } from './everybody';
import { card, send, verified } from './queue';
import { reportPath } from './reports';
import { expect, signIn, test, type Stage } from './stage';

const ON_THE_WAY_IN = ['/', '/register', '/reset-password', '/invitation'];
const PAGES = [
  '/uploads',
  '/uploads?priority=stat&period=own', // with every field of its filters
  '/worklist',
  '/worklist?part=all&status=assigned&priority=stat', // with every field of its filters, and something to clear
  '/notifications',
  '/notifications/settings',
  '/analytics',
  '/account',
  '/nowhere',
  '/send',
];
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh^Hubert Blaine Maximilian';
const PAGES_OF_A_RADIOLOGIST = ['/templates', '/templates/new', '/account'];

for (const [index, look] of LOOKS.entries()) {
  const title = `${look.language}, ${look.theme}`;

  test(`the pages on the way in can be used by everybody: ${title}`, async ({ page, stage }) => {
    await page.goto(stage.address);
    await lookLike(page, look);
    for (const path of ON_THE_WAY_IN) {
      await page.goto(`${stage.address}${path}`);
      await checked(page, path);
      expect(await unreached(page), path).toEqual([]);
    }
  });

  test(`every page can be used by everybody, on phone and desktop: ${title}`, async ({
    page,
    stage,
  }) => {
    test.setTimeout(240_000);
    const name = `${LONG_NAME} ${index}`;
    const sent = await stage.make(`pages-${index}`, 3, { patient_name: name });
    const picked = await stage.make(`picked-${index}`, 3, {
      patient_name: 'Picked^Only',
    });
    await signIn(page, stage);
    await send(page, sent, 'STAT');
    await verified(page, 'Featherstonehaugh');
    const link = card(page, 'Featherstonehaugh').getByRole('link', { name: 'Open the upload' });
    const upload = String(await link.getAttribute('href'));
    await lookLike(page, look);
    const report = await reportPath(page, stage, name);
    for (const path of [...PAGES, upload, report]) {
      await page.goto(`${stage.address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (path === '/notifications') await page.getByRole('table').waitFor();
      if (path === '/analytics') await page.getByRole('term').first().waitFor();
      if (path === '/send') {
        await page.locator('input[type=file]').first().setInputFiles(picked.files);
        await page.getByRole('article').first().waitFor();
      }
      await checked(page, path);
      expect(await unreached(page), path).toEqual([]);
    }
  });
}

/** Open the app as somebody of a role, in a browser of its own. */
async function openAs(browser: Browser, stage: Stage, role: string, path: string, index: number) {
  const page = await (await browser.newContext()).newPage();
  const name = `${role}-${index}`;
  const who = await stage.person(name, role, { full_name: `Dr. ${name}` });
  await signIn(page, stage, path, who);
  return page;
}

for (const [index, look] of LOOKS.entries()) {
  const title = `${look.language}, ${look.theme}`;

  test(`the worklist and the reports can be used by everybody: ${title}`, async ({
    browser,
    page,
    stage,
  }) => {
    test.setTimeout(240_000);
    const study = await stage.make(`read-${index}`, 3, { patient_name: `Read^Number ${index}` });
    await signIn(page, stage);
    await send(page, study, 'STAT');
    await verified(page, `Number ${index}`);

    const reader = await openAs(browser, stage, 'radiologist', '/', index);
    await expect(reader).toHaveURL(`${stage.address}/worklist`);
    await lookLike(reader, look);
    for (const path of ['/worklist', '/worklist?part=all&priority=stat']) {
      await reader.goto(`${stage.address}${path}`);
      await reader.locator('[data-row]').first().waitFor();
      await checked(reader, path);
      expect(await unreached(reader), path).toEqual([]);
    }
    await reader.keyboard.press('?');
    await checked(reader, 'the shortcuts');
    await reader.keyboard.press('Escape');
    await reader.keyboard.press('j');
    await expect(reader.locator('[data-row] a').first()).toBeFocused();
    await reader.keyboard.press('Enter');
    await expect(reader).toHaveURL(/\/reports\//);

    const waiting = await openAs(browser, stage, 'radiographer', '/reports', index);
    await lookLike(waiting, look);
    await waiting.reload();
    await waiting.getByRole('table').waitFor();
    await checked(waiting, '/reports');
    expect(await unreached(waiting), '/reports').toEqual([]);
    await waiting.goto(`${stage.address}/worklist`);
    await checked(waiting, 'the worklist of who reads nothing');
    for (const each of [reader, waiting]) await each.context().close();
  });
}

test('the pages of a radiologist can be used by everybody, on phone and desktop', async ({
  page,
  stage,
}) => {
  test.setTimeout(240_000);
  const reader = await radiologist(page, stage);
  await signIn(page, reader, '/templates');
  for (const look of LOOKS) {
    await lookLike(page, look);
    for (const path of PAGES_OF_A_RADIOLOGIST) {
      await page.goto(`${stage.address}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (path === '/templates') await page.getByRole('switch').first().waitFor();
      if (path === '/templates/new') await page.locator('textarea').first().waitFor();
      await checked(page, `${path} in ${look.language}`);
      expect(await unreached(page), path).toEqual([]);
    }
  }
});

/** Make a radiologist with a template of his own and one that he shares; return the stage as he signs in. */
async function radiologist(page: Page, stage: Stage): Promise<Stage> {
  const api = `${stage.address}/api/v1`;
  const bearer = async ({ username, password }: Pick<Stage, 'username' | 'password'>) => {
    const answer = await page.request.post(`${api}/auth/login`, { data: { username, password } });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return { Authorization: `Bearer ${token}` };
  };
  const reader = { ...stage, username: 'reader' };
  const { username, password } = reader;
  const facts = { username, password, role: 'radiologist', full_name: LONG_NAME };
  await page.request.post(`${api}/users`, { data: facts, headers: await bearer(stage) });
  const headers = await bearer(reader);
  const words = { findings: 'لا يوجد نزيف. '.repeat(20), modality: 'CT', body_part: 'HEAD' };
  for (const data of [
    { ...words, name: 'W'.repeat(100) },
    { name: 'رأس', findings: 'No bleeding.', is_shared: true },
  ]) {
    expect((await page.request.post(`${api}/report-templates`, { data, headers })).ok()).toBe(true);
  }
  return reader;
}

test('a study is sent by the keyboard alone', async ({ page, stage }) => {
  const study = await stage.make('keyboard', 3, { patient_name: 'Key^Board' });
  await signIn(page, stage, '/uploads');
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  const nav = page.getByRole('navigation', { name: 'Main navigation' });
  await nav.getByRole('link', { name: 'Send' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Send a study' })).toBeFocused();
  const chooser = page.waitForEvent('filechooser'); // before the focus: the browser has to be told first
  await page.getByRole('button', { name: 'Choose files' }).focus();
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(study.files);
  await page.getByRole('article').first().waitFor();
  await page.getByRole('radio', { name: 'Routine' }).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('radio', { name: 'STAT' })).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Fall from a ladder.');
  await page.getByRole('button', { name: 'Send the study of' }).focus();
  await page.keyboard.press('Enter');
  await verified(page, 'Key, Board');
});
