import type { Page, Route } from '@playwright/test';

import { expect, signIn, test } from './stage';

const ALL = 10_000;
const NEWEST = Date.UTC(2026, 0, 14, 12);
/** What a browser draws at most of a list this long: the screen and some way around it. */
const MOST_ROWS = 250;
/** A list that drew all its rows would hang for seconds. Machines that test are slow, so this is no measure of speed. */
const LONGEST_TASK_MS = 500;

// Its fetches would pass by the routes.
test.use({ serviceWorkers: 'block' });

function uploadAt(index: number): object {
  return {
    upload_id: `00000000-0000-7000-8000-${String(ALL - index).padStart(12, '0')}`,
    status: 'completed',
    stage: 'verified',
    sender: 'Jane Doe',
    created_at: new Date(NEWEST - index * 60_000).toISOString(),
    completed_at: new Date(NEWEST - index * 60_000 + 30_000).toISOString(),
    expires_at: new Date(NEWEST + 86_400_000).toISOString(),
    study_hash: null,
    chunk_count: 1,
    uploaded_chunks: 1,
    total_bytes: 158_000_000,
    uploaded_bytes: 158_000_000,
    chunk_size: 1_048_576,
    files: [{ file_id: 'a', file_name: 'a.zip', size: 158_000_000, chunk_count: 1, missing: [] }],
    counts: { instances: 300, accepted: 300, rejected: 0, delivered: 300, verified: 300 },
    warnings: [],
    duplicate_of: null,
    split_from: null,
    report_id: null,
    expected_instances: 300,
    safe_to_delete: true,
    files_removed_at: null,
    origin: 'web',
    source: null,
    pacs_receipt_id: null,
    metadata: {
      patient_name: `Patient^Number ${index + 1}`,
      study_date: '20260114',
      modality: 'CT',
      service_level: index % 10 === 0 ? 'stat' : 'routine',
    },
  };
}

/** Answer for a gateway with so many uploads; the cursor is where the next page begins. */
async function answerList(route: Route): Promise<void> {
  const asked = new URL(route.request().url()).searchParams;
  const from = Number(asked.get('cursor') ?? 0);
  const to = Math.min(ALL, from + Number(asked.get('limit')));
  const items = Array.from({ length: to - from }, (_, index) => uploadAt(from + index));
  await route.fulfill({ json: { items, next_cursor: to < ALL ? String(to) : null } });
}

async function answerSearch(route: Route): Promise<void> {
  await route.fulfill({ json: { items: [uploadAt(41)], next_cursor: null } });
}

function reportAt(index: number): object {
  const id = `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;
  return {
    id,
    upload_id: id,
    status: 'assigned',
    service_level: index < 10 ? 'stat' : 'routine',
    due_at: new Date(NEWEST + index * 60_000).toISOString(),
    is_overdue: true,
    created_at: new Date(NEWEST).toISOString(),
    updated_at: new Date(NEWEST).toISOString(),
    reported_at: null,
    is_critical: false,
    critical_since: null,
    site_id: '00000000-0000-4000-8000-0000000000aa',
    site_name: 'Hill Clinic',
    patient_name: `Patient^Number ${index + 1}`,
    patient_id: `P-${index}`,
    patient_birth_date: '19700101',
    patient_sex: 'F',
    study_instance_uid: `1.2.${index}`,
    study_date: '20260114',
    modality: 'CT',
    body_part: 'HEAD',
    study_description: 'Head',
    accession_number: null,
    referring_physician: null,
    has_history: true,
    images: { expected: 300, verified: 300 },
    radiologist_id: null,
    radiologist: null,
    lock: null,
    pdf_url: null,
  };
}

/** Answer for a gateway where so many studies are to be read. */
async function answerWorklist(route: Route): Promise<void> {
  const asked = new URL(route.request().url()).searchParams;
  const from = Number(asked.get('cursor') ?? 0);
  const to = Math.min(ALL, from + Number(asked.get('limit')));
  const items = Array.from({ length: to - from }, (_, index) => reportAt(from + index));
  await route.fulfill({ json: { items, next_cursor: to < ALL ? String(to) : null } });
}

/** Scroll down, as fast as the screen is drawn, until everything is loaded. */
async function loadAll(page: Page, count: string): Promise<void> {
  await page.evaluate(async (expected) => {
    const { body, documentElement: root } = document;
    while (!body.textContent.includes(expected)) {
      window.scrollTo(0, root.scrollHeight);
      await new Promise(requestAnimationFrame);
    }
  }, count);
  await expect(page.getByText(count)).toBeVisible();
}

/** Return the longest that the page was busy at a stretch while `act` ran, in milliseconds. */
async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: 'longtask' });
    Object.assign(window, { longTasks: tasks });
  });
  await act();
  await page.waitForTimeout(200);
  return page.evaluate(() =>
    Math.max(0, ...(window as unknown as { longTasks: number[] }).longTasks),
  );
}

test('ten thousand uploads are scrolled and searched without the page growing or hanging', async ({
  page,
  stage,
}) => {
  test.setTimeout(240_000);
  await page.route(/\/api\/v1\/upload(\?.*)?$/, answerList);
  await page.route(/\/api\/v1\/upload\/search$/, answerSearch);
  await signIn(page, stage, '/uploads');
  const rows = page.getByRole('table', { name: 'Uploads' }).getByRole('row');
  await expect(rows.nth(1)).toHaveAttribute('aria-rowindex', '2');
  await loadAll(page, '10,000 uploads');

  const table = page.getByRole('table', { name: 'Uploads' });
  await expect(table).toHaveAttribute('aria-rowcount', String(ALL + 1));
  await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await expect(rows.last()).toHaveAttribute('aria-rowindex', String(ALL + 1));
  await expect(rows.last()).toContainText(`Number ${ALL}`);
  expect(await rows.count()).toBeLessThan(MOST_ROWS);

  const whileScrolling = await longestTask(page, async () => {
    for (let step = 0; step < 60; step += 1) {
      await page.mouse.wheel(0, -1_500);
      await page.waitForTimeout(16);
    }
    // As far as somebody jumps who drags the scroll bar.
    for (const share of [0.5, 0.1, 0.9, 0]) {
      await page.evaluate(
        (part) => window.scrollTo(0, document.documentElement.scrollHeight * part),
        share,
      );
      await expect.poll(() => rows.count()).toBeGreaterThan(10);
      expect(await rows.count()).toBeLessThan(MOST_ROWS);
    }
  });
  expect(whileScrolling).toBeLessThan(LONGEST_TASK_MS);

  const whileTyping = await longestTask(page, async () => {
    await page
      .getByRole('textbox', { name: 'Search' })
      .pressSequentially('number 42', { delay: 20 });
    await expect(page.getByText('1 upload', { exact: true })).toBeVisible();
  });
  expect(whileTyping).toBeLessThan(LONGEST_TASK_MS);
  expect(page.url()).toBe(`${stage.address}/uploads`);
});

test('the keyboard goes through ten thousand studies without the page growing or hanging', async ({
  page,
  stage,
}) => {
  test.setTimeout(240_000);
  await page.route(/\/api\/v1\/reports(\?.*)?$/, answerWorklist);
  await signIn(page, stage, '/worklist');
  const rows = page.locator('[data-row]');
  await rows.first().waitFor();
  await loadAll(page, '10,000 studies');
  await page.evaluate(() => window.scrollTo(0, 0));

  const whileMoving = await longestTask(page, async () => {
    await page.keyboard.press('j');
    await expect(page.getByRole('link', { name: 'Patient, Number 1', exact: true })).toBeFocused();
    await page.keyboard.press('End');
    const last = page.getByRole('link', { name: 'Patient, Number 10000', exact: true });
    await expect(last).toBeFocused();
    await expect(last).toBeInViewport();
    await page.keyboard.press('ArrowUp');
    await expect(page.getByRole('link', { name: 'Patient, Number 9999' })).toBeFocused();
    expect(await rows.count()).toBeLessThan(MOST_ROWS);
    await page.keyboard.press('Home');
    await expect(page.getByRole('link', { name: 'Patient, Number 1', exact: true })).toBeFocused();
    for (let step = 0; step < 60; step += 1) await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('link', { name: 'Patient, Number 61', exact: true })).toBeFocused();
  });
  expect(whileMoving).toBeLessThan(LONGEST_TASK_MS);
  expect(await rows.count()).toBeLessThan(MOST_ROWS);
});
