import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { FakeReading, REPORT } from '@/test/fakeReading';
import { makeTokens } from '@/test/makeTokens';
import { problem } from '@/test/server';

import { claim } from './api';
import { database } from './drafts/database';
import { DraftPlace } from './drafts/drafts';
import { DraftWriter } from './writer';

let gateway: FakeReading;
let open: DraftWriter[];
const refused: string[] = [];

/** Open the study as a page does: with what this device has of it. */
async function begin(): Promise<DraftWriter> {
  const place = new DraftPlace(REPORT, 'report');
  const report = await claim(REPORT);
  const writer = new DraftWriter(report, await place.recall(), place, ({ code }) =>
    refused.push(code),
  );
  open.push(writer);
  return writer;
}

function goOffline(offline: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(!offline);
  window.dispatchEvent(new Event(offline ? 'offline' : 'online'));
}

const phaseOf = (writer: DraftWriter) => writer.read().save.phase;
const kept = () => database.drafts.toArray();

beforeEach(async () => {
  await session.begin(makeTokens('user-ray'));
  await database.drafts.clear();
  refused.length = 0;
  open = [];
  gateway = new FakeReading();
});
afterEach(async () => {
  goOffline(true);
  for (const writer of open) writer.close();
  await new Promise((resolve) => setTimeout(resolve));
  vi.restoreAllMocks();
});

describe('what is written', () => {
  it('is on the device at once, and at the gateway when the typing rests', async () => {
    const writer = await begin();
    expect(writer.read().save).toEqual({ phase: 'saved', at: null });
    writer.write({ findings: 'No bl' });
    expect(phaseOf(writer)).toBe('typing');
    writer.write({ findings: 'No bleeding.' });
    await expect.poll(async () => (await kept())[0]?.text.findings).toBe('No bleeding.');
    expect(gateway.drafts).toEqual([]);
    await expect.poll(() => phaseOf(writer), { timeout: 4_000 }).toBe('saved');
    expect(gateway.drafts.map(({ findings }) => findings)).toEqual(['No bleeding.']);
    await expect.poll(kept).toEqual([]);
  });

  it('is on the device also while somebody types without a pause', async () => {
    const writer = await begin();
    for (let letters = 1; letters <= 12; letters += 1) {
      writer.write({ findings: 'x'.repeat(letters) });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await kept())[0]?.text.findings).toMatch(/^x+$/);
  });

  it('is saved at once when that is asked for, on the revision before', async () => {
    const writer = await begin();
    for (const findings of ['One.', 'Two.', 'Three.']) {
      writer.write({ findings });
      expect(await writer.save()).toBe(true);
    }
    expect(gateway.drafts.map(({ findings }) => findings)).toEqual(['One.', 'Two.', 'Three.']);
    expect(writer.revision).toBe(gateway.report.revision);
  });

  it('goes up as it is by then, one save after the other', async () => {
    const writer = await begin();
    writer.write({ findings: 'One.' });
    const first = writer.save();
    writer.write({ findings: 'Two.' });
    const second = writer.save();
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(gateway.drafts.at(-1)?.findings).toBe('Two.');
    expect(gateway.calls.filter((call) => call === 'look')).toEqual([]);
  });

  it('has none of the letters that the gateway refuses', async () => {
    const writer = await begin();
    writer.write({ findings: 'One\vtwo\u0007\r\nthree\ttabbed' });
    expect(writer.read().text.findings).toBe('One\ntwo\nthree\ttabbed');
  });

  it('stays whole where it is too long, and is not sent', async () => {
    const writer = await begin();
    const findings = 'x'.repeat(20_001);
    writer.write({ findings });
    expect(await writer.save()).toBe(false);
    expect(phaseOf(writer)).toBe('too-long');
    expect((await kept())[0]?.text.findings).toBe(findings);
    expect(gateway.drafts).toEqual([]);
  });
});

describe('without network', () => {
  it('is kept on the device, and goes up when the network is back', async () => {
    const writer = await begin();
    goOffline(true);
    writer.write({ impression: 'Written in a tunnel.' });
    expect(await writer.save()).toBe(false);
    expect(phaseOf(writer)).toBe('kept');
    expect(gateway.drafts).toEqual([]);
    goOffline(false);
    await expect.poll(() => phaseOf(writer)).toBe('saved');
    expect(gateway.drafts[0]?.impression).toBe('Written in a tunnel.');
    await expect.poll(kept).toEqual([]);
  });

  it('is there again after the tab was closed', async () => {
    const writer = await begin();
    goOffline(true);
    writer.write({ impression: 'Not lost.' });
    writer.close();
    await expect.poll(async () => (await kept()).length).toBe(1);
    goOffline(false);
    const again = await begin();
    expect(again.read().text.impression).toBe('Not lost.');
    expect(await again.save()).toBe(true);
    expect(gateway.drafts.at(-1)?.impression).toBe('Not lost.');
  });

  it('is there again, to the last letter, after the page went away', async () => {
    const writer = await begin();
    goOffline(true);
    const put = vi.spyOn(database.drafts, 'put');
    put.mockReturnValue(new Promise(() => undefined) as never);
    writer.write({ impression: 'Not lost.' });
    window.dispatchEvent(new Event('pagehide'));
    put.mockRestore();
    goOffline(false);
    const again = await begin();
    expect(again.read().text.impression).toBe('Not lost.');
    expect(await again.save()).toBe(true);
    await expect.poll(() => Object.keys(localStorage).join()).not.toContain('draft');
  });

  it('is not what was typed before, where the page came back', async () => {
    const writer = await begin();
    goOffline(true);
    writer.write({ impression: 'Before.' });
    window.dispatchEvent(new Event('pagehide'));
    goOffline(false);
    writer.write({ impression: 'After.' });
    expect(await writer.save()).toBe(true);
    await expect.poll(kept).toEqual([]);
    writer.close();
    expect((await begin()).read().text.impression).toBe('After.');
  });

  it('is of one person alone', async () => {
    const writer = await begin();
    goOffline(true);
    writer.write({ impression: 'Mine.' });
    await writer.save();
    writer.close();
    await session.begin(makeTokens('user-anna'));
    expect(await new DraftPlace(REPORT, 'report').recall()).toBeNull();
    await session.begin(makeTokens('user-ray'));
    expect((await new DraftPlace(REPORT, 'report').recall())?.text.impression).toBe('Mine.');
  });

  it('says so where the browser keeps nothing either', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.spyOn(database.drafts, 'put').mockRejectedValue(new Error('no room'));
    const writer = await begin();
    goOffline(true);
    writer.write({ impression: 'On the screen alone.' });
    await writer.save();
    expect(phaseOf(writer)).toBe('failed');
  });
});

describe('a gateway that answers otherwise', () => {
  it('is asked again after an answer was lost, and nothing is taken for a conflict', async () => {
    const writer = await begin();
    gateway.lost.add('draft');
    writer.write({ findings: 'Heard, but not answered.' });
    expect(await writer.save()).toBe(false);
    expect(phaseOf(writer)).toBe('kept');
    expect(await writer.save()).toBe(true);
    expect(writer.read().theirs).toBeNull();
    expect(writer.revision).toBe(gateway.report.revision);
  });

  it.each([['open'], ['closed and opened again']])(
    'may have heard what was written before, while more is: the page was %s',
    async (how) => {
      let writer = await begin();
      gateway.lost.add('draft');
      writer.write({ findings: 'Heard.' });
      await writer.save();
      goOffline(true);
      writer.write({ findings: 'Heard. And more.' });
      await writer.save();
      if (how !== 'open') writer.close();
      await expect.poll(async () => (await kept())[0]?.text.findings).toBe('Heard. And more.');
      goOffline(false);
      if (how !== 'open') writer = await begin();
      expect(await writer.save()).toBe(true);
      expect(writer.read().theirs).toBeNull();
      expect(gateway.report.draft?.findings).toBe('Heard. And more.');
    },
  );

  it('may have heard what was taken back since', async () => {
    const writer = await begin();
    gateway.lost.add('draft');
    writer.write({ findings: 'On second thoughts, no.' });
    await writer.save();
    writer.write({ findings: '' });
    expect(await writer.save()).toBe(true);
    expect(gateway.report.draft?.findings).toBe('');
  });

  it('may have moved on without the text: the answer to a question does that', async () => {
    const writer = await begin();
    gateway.report = { ...gateway.report, revision: 9 };
    writer.write({ findings: 'On an old revision.' });
    expect(await writer.save()).toBe(true);
    expect(gateway.report.draft?.findings).toBe('On an old revision.');
  });

  it('may have given the study back: it is claimed again', async () => {
    const writer = await begin();
    gateway.report = { ...gateway.report, lock: null, status: 'assigned' };
    writer.write({ findings: 'After a long lunch.' });
    expect(await writer.save()).toBe(true);
    expect(gateway.count('claim')).toBe(2);
  });

  it.each([
    ['somebody else has it', () => gateway.take(), 'report-locked'],
    ['it is signed', () => (gateway.report.signed_at = '2026-01-14T12:30:00Z'), 'report-finished'],
  ])('says that %s: the text stays on the device', async (_, happen, code) => {
    const writer = await begin();
    happen();
    writer.write({ findings: 'Too late.' });
    expect(await writer.save()).toBe(false);
    expect(refused).toEqual([code]);
    expect((await kept())[0]?.text.findings).toBe('Too late.');
  });

  it('says why it does not take it', async () => {
    const writer = await begin();
    gateway.faults.draft = [
      () => problem(400, 'validation-error', 'Bad', 'A letter is not allowed.'),
    ];
    writer.write({ findings: 'x' });
    expect(await writer.save()).toBe(false);
    expect(phaseOf(writer)).toBe('failed');
    expect(refused).toEqual([]);
    expect(await writer.save()).toBe(true);
  });
});

describe('a text that was changed elsewhere meanwhile', () => {
  async function conflict(): Promise<DraftWriter> {
    const writer = await begin();
    gateway.write({ findings: 'Theirs.' });
    writer.write({ findings: 'Mine.', impression: 'Also mine.' });
    expect(await writer.save()).toBe(false);
    expect(phaseOf(writer)).toBe('conflict');
    expect(writer.read().theirs?.text.findings).toBe('Theirs.');
    expect(gateway.report.draft?.findings).toBe('Theirs.');
    return writer;
  }

  it.each([
    ['mine', 'Mine.', 'Also mine.'],
    ['theirs', 'Theirs.', ''],
    ['both', 'Mine.\n\nTheirs.', 'Also mine.'],
  ] as const)('is settled by a person: %s', async (choice, findings, impression) => {
    const writer = await conflict();
    await writer.settle(choice);
    expect(phaseOf(writer)).toBe('saved');
    expect(writer.read().text).toMatchObject({ findings, impression });
    expect(gateway.report.draft).toMatchObject({ findings, impression });
  });

  it('overwrites nothing until then, however often it is saved', async () => {
    const writer = await conflict();
    writer.write({ impression: 'More of mine.' });
    expect(await writer.save()).toBe(false);
    expect(gateway.report.draft?.findings).toBe('Theirs.');
    expect((await kept())[0]?.text.impression).toBe('More of mine.');
  });

  it('is still to be settled after the tab was closed', async () => {
    const writer = await conflict();
    writer.close();
    await expect.poll(async () => (await kept())[0]?.text.findings).toBe('Mine.');
    const again = await begin();
    expect(again.read().theirs?.text.findings).toBe('Theirs.');
    expect(again.read().text.findings).toBe('Mine.');
  });

  it('is taken up where nothing was written here', async () => {
    const writer = await begin();
    gateway.write({ findings: 'From the other screen.' });
    writer.adopt(gateway.report);
    expect(writer.read().text.findings).toBe('From the other screen.');
    expect(phaseOf(writer)).toBe('saved');
  });

  it('is no conflict where both have written the same', async () => {
    const writer = await begin();
    gateway.write({ findings: 'The same.' });
    writer.write({ findings: 'The same.' });
    expect(await writer.save()).toBe(true);
    expect(writer.read().theirs).toBeNull();
  });
});
