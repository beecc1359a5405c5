import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { worklistNews } from '@/shared/worklistNews';
import { FakeReading, OTHER, READER, REPORT } from '@/test/fakeReading';
import { makeTokens } from '@/test/makeTokens';
import { problem } from '@/test/server';

import { bringUpAll } from './drafts/bringUp';
import { database } from './drafts/database';
import { DraftPlace } from './drafts/drafts';
import { Reading } from './reading';
import { NO_TEXT } from './text';

const MINUTE = 60_000;

let gateway: FakeReading;
let leave: () => void;

/** Open the study as a page does, and wait until it shows something. */
async function open(role = 'radiologist'): Promise<Reading> {
  const reading = new Reading(REPORT, role);
  leave = reading.open();
  await expect.poll(() => reading.read().phase).not.toBe('loading');
  return reading;
}

function hide(hidden: boolean): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(hidden ? 'hidden' : 'visible');
  document.dispatchEvent(new Event('visibilitychange'));
}

function writerOf(reading: Reading) {
  const state = reading.read();
  if (state.phase !== 'open') throw new Error(`it is ${state.phase}`);
  return state.writer;
}

beforeEach(async () => {
  await session.begin(makeTokens(READER.id));
  await database.drafts.clear();
  gateway = new FakeReading();
  leave = () => undefined;
});
afterEach(async () => {
  vi.useRealTimers();
  leave();
  await new Promise((resolve) => setTimeout(resolve, 50));
  vi.restoreAllMocks();
});

describe('a claim', () => {
  it('is renewed after a third of the time it lasts, and not while the page is long hidden', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], shouldAdvanceTime: true });
    await open();
    expect(gateway.count('claim')).toBe(1);
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    expect(gateway.count('claim')).toBe(1);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(gateway.count('claim')).toBe(2);
    hide(true);
    await vi.advanceTimersByTimeAsync(31 * MINUTE);
    const claims = gateway.count('claim');
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(gateway.count('claim')).toBe(claims);
    hide(false);
    await expect.poll(() => gateway.count('claim')).toBe(claims + 1);
  });

  it('is asked for again while somebody else has it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    gateway.take();
    const reading = await open();
    expect(reading.read()).toMatchObject({ phase: 'locked', holder: { name: OTHER.name } });
    gateway.report = { ...gateway.report, lock: null };
    await vi.advanceTimersByTimeAsync(16_000);
    await expect.poll(() => reading.read().phase).toBe('open');
    // One look, whatever the number of attempts: each is in the audit trail.
    expect(gateway.count('look')).toBe(1);
  });

  it('is let go of when nothing was written, before it is claimed anew', async () => {
    await open();
    leave();
    await open();
    expect(gateway.calls).toEqual(['claim', 'release', 'claim']);
    expect(gateway.report.lock).not.toBeNull();
  });

  it('is let go of also where the page was left before it was answered', async () => {
    const reading = new Reading(REPORT, 'radiologist');
    leave = reading.open();
    await expect.poll(() => gateway.count('claim')).toBe(1);
    leave();
    await expect.poll(() => gateway.count('release')).toBe(1);
    expect(gateway.report.lock).toBeNull();
  });

  it('is kept where something is written, also a critical flag alone', async () => {
    const reading = await open();
    writerOf(reading).write({ is_critical: true });
    await writerOf(reading).save();
    leave();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gateway.count('release')).toBe(0);
  });

  it('is let go of as the page goes away', async () => {
    await open();
    window.dispatchEvent(new Event('pagehide'));
    await expect.poll(() => gateway.count('release')).toBe(1);
  });

  it('goes up with the text as the page goes away', async () => {
    const reading = await open();
    writerOf(reading).write({ findings: 'The last words.' });
    window.dispatchEvent(new Event('pagehide'));
    await expect.poll(() => gateway.report.draft?.findings).toBe('The last words.');
    expect(gateway.count('release')).toBe(0);
  });

  it('is lost to an administrator: the text stays, and nothing is claimed back', async () => {
    const reading = await open();
    writerOf(reading).write({ findings: 'Mine.' });
    gateway.take();
    await writerOf(reading).save();
    await expect.poll(() => reading.read().phase).toBe('locked');
    expect((await new DraftPlace(REPORT, 'report').recall())?.text.findings).toBe('Mine.');
  });
});

describe('a study that is open', () => {
  it('becomes a final report when it is signed elsewhere', async () => {
    const reading = await open();
    gateway.report = { ...gateway.report, signed_at: '2026-01-14T12:30:00Z', status: 'ready' };
    await reading.retry();
    expect(reading.read()).toMatchObject({ phase: 'final', isNew: false });
  });

  it('stays open while the gateway is away, and says since when', async () => {
    const reading = await open();
    gateway.faults.claim = [() => null, () => null, () => null, () => null];
    await reading.retry();
    const state = reading.read();
    expect(state.phase === 'open' && state.asOf).toBeInstanceOf(Date);
    await reading.retry();
    expect(reading.read()).toMatchObject({ phase: 'open', asOf: null });
  });

  it.each([
    ['signed', { signed_at: '2026-01-14T12:30:00Z', status: 'ready' }],
    ['written in the PACS', { status: 'ready' }],
  ] as const)('is as it was last seen without network: %s', async (_, changes) => {
    gateway.report = { ...gateway.report, ...changes };
    await open();
    leave();
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    expect((await open()).read()).toMatchObject({ phase: 'final', isNew: false });
  });

  it('is not there without network where it was never opened', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    expect((await open()).read().phase).toBe('failed');
    expect(gateway.calls).toEqual([]);
  });

  it('is gone where the gateway says so', async () => {
    const reading = await open();
    gateway.faults.claim = [() => problem(404, 'report-not-found', 'Not found', '')];
    await reading.retry();
    expect(reading.read().phase).toBe('missing');
  });

  it('is not taken for one that was just signed, also after a failure', async () => {
    gateway.report = { ...gateway.report, signed_at: '2026-01-14T12:30:00Z', status: 'ready' };
    gateway.faults.look = [() => problem(500, 'internal-error', 'Internal error', '')];
    const reading = await open('admin');
    expect(reading.read().phase).toBe('failed');
    await reading.retry();
    expect(reading.read()).toMatchObject({ phase: 'final', isNew: false });
  });

  it('claims nothing for who has left it meanwhile', async () => {
    const reading = await open();
    leave();
    await reading.retry();
    await expect.poll(() => gateway.report.lock).toBeNull();
    expect(gateway.calls).toEqual(['claim', 'release']);
  });

  it('is only looked at by an administrator', async () => {
    const reading = await open('admin');
    expect(reading.read().phase).toBe('watched');
    leave();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gateway.calls).toEqual(['look']);
  });
});

describe('what was left on the device', () => {
  const text = { ...NO_TEXT, findings: 'Written in a tunnel.' };
  const signal = () => new AbortController().signal;

  async function leaveBehind(base = NO_TEXT): Promise<void> {
    const { revision } = gateway.report;
    await new DraftPlace(REPORT, 'report').keep({ text, base, revision, unheard: [] });
  }

  it('goes up without its page being opened', async () => {
    await leaveBehind();
    await bringUpAll(READER.id, signal());
    expect(gateway.report.draft?.findings).toBe(text.findings);
    await expect.poll(() => database.drafts.count()).toBe(0);
  });

  it('waits for a choice where it was written elsewhere, too', async () => {
    await leaveBehind();
    gateway.write({ findings: 'Theirs.' });
    await bringUpAll(READER.id, signal());
    expect(gateway.report.draft?.findings).toBe('Theirs.');
    expect(await database.drafts.count()).toBe(1);
  });

  it('waits where somebody else has the study', async () => {
    vi.spyOn(console, 'info').mockImplementation(() => undefined);
    await leaveBehind();
    gateway.take();
    await bringUpAll(READER.id, signal());
    expect(gateway.drafts).toEqual([]);
    expect(await database.drafts.count()).toBe(1);
  });

  it('is left to its page where that is open', async () => {
    await open();
    await leaveBehind();
    await bringUpAll(READER.id, signal());
    expect(gateway.count('claim')).toBe(1);
  });

  it('is of nobody else', async () => {
    await leaveBehind();
    await bringUpAll('user-anna', signal());
    expect(gateway.calls).toEqual([]);
  });
});

describe('news of the worklist', () => {
  it('open a study again that was asked about, as soon as it is answered', async () => {
    const reading = await open();
    const { report } = gateway;
    gateway.report = { ...report, lock: null, status: 'additional_data_required' };
    reading.handBack(gateway.report);
    const claims = gateway.count('claim');
    worklistNews.tell();
    await expect.poll(() => gateway.count('look')).toBe(1);
    expect(reading.read().phase).toBe('asked');
    gateway.report = { ...gateway.report, status: 'pending' };
    worklistNews.tell();
    await expect.poll(() => reading.read().phase).toBe('open');
    expect(gateway.count('claim')).toBe(claims + 1);
    worklistNews.tell();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gateway.count('claim')).toBe(claims + 1);
  });

  it('show what has come to a report that is signed, and nothing where there is no network', async () => {
    gateway.report = { ...gateway.report, status: 'ready', signed_at: '2026-01-14T12:00:00Z' };
    const reading = await open();
    expect(reading.read().phase).toBe('final');
    const looks = gateway.count('look');
    gateway.report = { ...gateway.report, is_critical: true };
    worklistNews.tell();
    await expect.poll(() => reading.read()).toMatchObject({ report: { is_critical: true } });
    gateway.faults.look = [() => null];
    worklistNews.tell();
    await expect.poll(() => gateway.count('look')).toBe(looks + 2);
    expect(reading.read()).toMatchObject({ phase: 'final', report: { is_critical: true } });
  });

  it('are nothing to a page that was left', async () => {
    await open('admin');
    const looks = gateway.count('look');
    leave();
    worklistNews.tell();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(gateway.count('look')).toBe(looks);
  });
});
