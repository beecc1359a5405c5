import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { test as base, type BrowserContext, type Page } from '@playwright/test';

export interface Study {
  folder: string;
  files: string[];
  /** Follows from the name: no two studies of a stage share one. */
  uid: string;
  /** SHA-256 of each instance, sorted. */
  digests: string[];
}

/** How somebody signs in. */
export interface Credentials {
  username: string;
  password: string;
}

/** The servers of `tests/web/stage.py`, and what can be asked of them. */
export interface Stage extends Credentials {
  address: string;
  /** The same gateway, over a link that can be cut. */
  link: string;
  make: (name: string, slices: number, attributes?: object) => Promise<Study>;
  /** Make an account. */
  person: (username: string, role: string, facts?: object) => Promise<Credentials>;
  tell: (command: object) => Promise<unknown>;
  /** SHA-256 of everything in the PACS, sorted. */
  stored: () => Promise<string[]>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function openStage(): Promise<Stage & { close: () => void }> {
  const parent = process.env.E2E_FOLDER ?? tmpdir();
  const folder = await mkdtemp(join(parent, 'stage-'));
  const python = process.env.PYTHON ?? join(ROOT, '.venv/bin/python');
  const servers = spawn(python, ['-m', 'tests.web.stage', folder], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: servers.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.value === undefined) throw new Error('the servers have ended');
    return JSON.parse(line.value);
  };
  const tell = (command: object) => {
    servers.stdin.write(`${JSON.stringify(command)}\n`);
    return next();
  };
  const described = (await next()) as Pick<Stage, 'address' | 'link' | 'username' | 'password'>;
  return {
    ...described,
    tell,
    make: (name, slices, attributes = {}) =>
      tell({ do: 'make', name, slices, ...attributes }) as Promise<Study>,
    person: (username, role, facts = {}) =>
      tell({ do: 'person', username, role, ...facts }) as Promise<Credentials>,
    stored: async () => ((await tell({ do: 'stored' })) as { digests: string[] }).digests,
    close: () => servers.stdin.end(),
  };
}

/** Tests with the servers, which all of a file share. */
export const test = base.extend<object, { stage: Stage }>({
  stage: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures from the pattern
    async ({}, use) => {
      const stage = await openStage();
      await use(stage);
      stage.close();
    },
    { scope: 'worker' },
  ],
});

export { expect } from '@playwright/test';

/** Sign in at `address`, as the administrator or somebody else, and show `path`. */
export async function signIn(
  page: Page,
  stage: Stage,
  path = '/send',
  who: Credentials = stage,
): Promise<void> {
  await page.goto(`${stage.address}${path}`);
  await page.locator('input[name=username]').fill(who.username);
  await page.locator('input[name=password]').fill(who.password);
  await page.locator('button[type=submit]').click();
  await page.getByRole('navigation', { name: 'Main navigation' }).waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Every error that the pages of a context write to their console, from now on. */
export function consoleErrors(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  return errors;
}
