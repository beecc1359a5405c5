// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { makeStudy } from '@/test/makeStudy';

import type { Reply, Request } from './messages';
import { openScanSession, scanFiles } from './session';
import type { PickedFile } from './types';

/** A worker whose answers the test gives. */
class FakeWorker extends EventTarget {
  static last: FakeWorker;
  asked: Request[] = [];
  terminate = vi.fn();

  constructor() {
    super();
    FakeWorker.last = this;
  }

  postMessage(request: Request) {
    this.asked.push(request);
  }

  answer(reply: Reply) {
    this.dispatchEvent(new MessageEvent('message', { data: reply }));
  }

  die() {
    this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  }
}

beforeEach(() => vi.stubGlobal('Worker', FakeWorker));

const scan = { studies: [makeStudy()], skipped: [] };
const picked = (count: number): PickedFile[] =>
  Array.from({ length: count }, (_, index) => ({ file: new File([], 'x'), label: `${index}` }));

describe('a session in a worker', () => {
  it('hands files over little by little, and answers with what was found', async () => {
    const onProgress = vi.fn();
    const session = openScanSession();
    const adding = session.add(picked(250), { onProgress });
    const worker = FakeWorker.last;
    await vi.waitFor(() => expect(worker.asked).toHaveLength(3));
    const parts = worker.asked.filter((request) => request.kind === 'add');
    expect(parts.map((part) => [part.picked.length, part.last])).toEqual([
      [100, false],
      [100, false],
      [50, true],
    ]);
    const progress = { done: 1, total: 250, found: 1 };
    worker.answer({ kind: 'progress', id: 1, progress });
    worker.answer({ kind: 'scan', id: 1, scan });
    expect(await adding).toBe(scan);
    expect(onProgress).toHaveBeenCalledWith(progress);
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const adding = openScanSession().add(picked(1), { signal: stop.signal });
    stop.abort();
    await expect(adding).rejects.toThrow(/abort/i);
    expect(FakeWorker.last.asked.at(-1)).toEqual({ kind: 'cancel', id: 1 });
  });

  it('fails when its thread is gone', async () => {
    const session = openScanSession();
    const adding = session.add(picked(1));
    FakeWorker.last.die();
    await expect(adding).rejects.toThrow('the scan failed');
  });

  it('ends with the scan that it was opened for', async () => {
    const scanning = scanFiles(picked(1));
    FakeWorker.last.answer({ kind: 'scan', id: 1, scan });
    expect(await scanning).toBe(scan);
    expect(FakeWorker.last.terminate).toHaveBeenCalled();
  });
});
