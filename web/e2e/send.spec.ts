import { card, chunksPut, pick, send, slowDown, underWay, verified } from './queue';
import { consoleErrors, expect, signIn, test, type Stage, type Study } from './stage';

/** About 8 MB that do not compress well: some seconds at 1 MB/s. */
const LARGE = { rows: 512, columns: 512 };
const SLOW = 1000;

async function arrived(stage: Stage, study: Study): Promise<void> {
  const stored = await stage.stored();
  expect(study.digests.filter((digest) => !stored.includes(digest))).toEqual([]);
  expect(new Set(stored).size).toBe(stored.length);
}

test('a study arrives byte for byte, and the receipt opens from its card', async ({
  page,
  context,
  stage,
}) => {
  const errors = consoleErrors(context);
  const study = await stage.make('whole', 12, {
    patient_name: 'Whole^Arrives',
  });
  await signIn(page, stage);
  await send(page, study);
  await verified(page, 'Whole, Arrives');
  await arrived(stage, study);
  await card(page, 'Whole').getByRole('link', { name: 'Open the upload and its receipt' }).click();
  await expect(page.getByRole('button', { name: 'Download the receipt' })).toBeVisible();
  expect(errors).toEqual([]);
});

test('600 slices go in few parts, from a folder and from a ZIP', async ({ page, stage }) => {
  const study = await stage.make('many', 600, { patient_name: 'Many^Slices' });
  const zipped = await stage.make('zip', 20, {
    patient_name: 'Zip^Disk',
    zipped: true,
  });
  await signIn(page, stage);
  const put = chunksPut(page);
  await send(page, study);
  await verified(page, 'Many, Slices');
  expect(put.length).toBeLessThan(30);
  await send(page, zipped);
  await verified(page, 'Zip, Disk');
  await arrived(stage, study);
  await arrived(stage, zipped);
});

test('a link that is cut ten times only makes it wait', async ({ page, stage }) => {
  const study = await stage.make('cut', 24, {
    patient_name: 'Cut^Link',
    ...LARGE,
  });
  await signIn(page, { ...stage, address: stage.link });
  await slowDown(page, SLOW);
  const put = chunksPut(page);
  await send(page, study);
  for (let cut = 0; cut < 10; cut += 1) {
    await page.waitForTimeout(500);
    await stage.tell({ do: 'cut' });
  }
  expect(put.length).toBeLessThan(12);
  await verified(page, 'Cut, Link');
  await arrived(stage, study);
});

test('a reload and a killed gateway cost only what was on the wire', async ({ page, stage }) => {
  const study = await stage.make('reload', 24, {
    patient_name: 'Reload^Kill',
    ...LARGE,
  });
  await signIn(page, stage);
  await slowDown(page, SLOW);
  const put = chunksPut(page);
  await send(page, study);
  await underWay(put);
  await page.reload();
  await underWay(put, put.length + 2);
  await stage.tell({ do: 'kill' });
  await expect(page.getByText('The gateway does not answer')).toBeVisible();
  await stage.tell({ do: 'start' });
  await verified(page, 'Reload, Kill');
  await arrived(stage, study);
  const successes = put.filter((chunk, index) => put.indexOf(chunk) === index);
  expect(put.length - successes.length).toBeLessThanOrEqual(5);
});

test('a session that is refused is renewed without losing the upload', async ({ page, stage }) => {
  const study = await stage.make('token', 24, {
    patient_name: 'Token^Expires',
    ...LARGE,
  });
  await signIn(page, stage);
  await slowDown(page, SLOW);
  const put = chunksPut(page);
  await send(page, study);
  await underWay(put);
  const expired = { status: 401, contentType: 'application/problem+json' };
  for (const [path, code] of [
    ['**/chunk?*', 'invalid-upload-token'],
    ['**/api/v1/upload/*', 'invalid-token'],
  ] as const) {
    const body = JSON.stringify({ type: `/problems/${code}`, title: 'Expired', status: 401 });
    await page.route(path, (route) => route.fulfill({ ...expired, body }), { times: 2 });
  }
  await verified(page, 'Token, Expires');
  await arrived(stage, study);
});

test('two tabs never send the same chunk, and one goes on when the other is closed', async ({
  page,
  context,
  stage,
}) => {
  const study = await stage.make('tabs', 24, {
    patient_name: 'Tabs^Two',
    ...LARGE,
  });
  await signIn(page, stage);
  const other = await context.newPage();
  await other.goto(`${stage.address}/send`);
  await slowDown(page, SLOW);
  const put = chunksPut(page, other);
  await send(page, study);
  await underWay(put);
  await expect(card(other, 'Tabs, Two').getByText('Sending', { exact: true })).toBeVisible();
  await page.close();
  await verified(other, 'Tabs, Two');
  await arrived(stage, study);
  expect(put.filter((chunk, index) => put.indexOf(chunk) !== index)).toEqual([]);
});

test('a STAT study overtakes a routine one that is under way', async ({ page, stage }) => {
  const routine = await stage.make('routine', 30, {
    patient_name: 'Routine^Long',
    ...LARGE,
  });
  const stat = await stage.make('stat', 3, { patient_name: 'Stat^Short' });
  await signIn(page, stage);
  await slowDown(page, SLOW);
  const put = chunksPut(page);
  await send(page, routine);
  await underWay(put);
  await send(page, stat, 'STAT');
  await verified(page, 'Stat, Short');
  await verified(page, 'Routine, Long');
  const uploads = put.map((address) => address.split('/').at(-2));
  const first = uploads[0];
  const lastOfStat = uploads.findLastIndex((upload) => upload !== first);
  expect(uploads.slice(lastOfStat).filter((upload) => upload === first).length).toBeGreaterThan(5);
  await arrived(stage, stat);
  await arrived(stage, routine);
});

test('two patients in one study are warned of, and held until somebody decides', async ({
  page,
  stage,
}) => {
  const study = await stage.make('mixed', 3, { patient_name: 'Mixed^One' });
  await stage.tell({
    do: 'add',
    folder: study.folder,
    file_name: 'other.dcm',
    patient_name: 'Mixed^Other',
    patient_id: 'P-OTHER',
    study_uid: study.uid,
    instance_number: 9,
  });
  await signIn(page, stage);
  await pick(page, { ...study, files: [...study.files, `${study.folder}/other.dcm`] });
  await expect(page.getByText('patients', { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Send the study of' }).click();
  await expect(card(page, 'Mixed').getByText('Held: a decision is needed')).toBeVisible();
  await card(page, 'Mixed').getByRole('link', { name: 'Open the upload' }).click();
  await page.getByRole('button', { name: 'It is one patient: send everything' }).click();
  await page.goBack();
  await verified(page, 'Mixed');
});

test('a study can be paused, resumed and cancelled', async ({ page, stage }) => {
  const study = await stage.make('pause', 24, {
    patient_name: 'Pause^Cancel',
    ...LARGE,
  });
  await signIn(page, stage);
  await slowDown(page, SLOW);
  const put = chunksPut(page);
  await send(page, study);
  await underWay(put);
  const own = card(page, 'Pause, Cancel');
  await own.getByRole('button', { name: 'Pause' }).click();
  await expect(own.getByText('Paused', { exact: true })).toBeVisible();
  await page.waitForTimeout(3000);
  const before = put.length;
  await page.waitForTimeout(2000);
  expect(put.length).toBe(before);
  await own.getByRole('button', { name: 'Resume' }).click();
  await underWay(put, before + 1);
  await own.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel the study' }).click();
  await expect(own).toBeHidden();
  const stored = await stage.stored();
  expect(study.digests.filter((digest) => stored.includes(digest))).toEqual([]);
});

test('a study that was sent before is known, and sent again only when somebody wants it', async ({
  page,
  stage,
}) => {
  const study = await stage.make('twice', 3, { patient_name: 'Twice^Sent' });
  await signIn(page, stage);
  await send(page, study);
  await verified(page, 'Twice, Sent');
  await pick(page, study);
  await expect(page.getByText('This study was sent before', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Send the study of' }).click();
  const again = card(page, 'Twice, Sent').filter({ hasText: 'Already sent earlier' });
  await again.getByRole('button', { name: 'Send all the same' }).click();
  await expect(card(page, 'Twice, Sent').getByText(/^(Safe to delete|Keep your own)/)).toHaveCount(
    2,
  );
});
