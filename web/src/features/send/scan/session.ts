import type { Reply, Request } from './messages';
import { drawsInWorkers } from './preview/canvas';
import { drawPreview, middleOf } from './preview/preview';
import { Scanner } from './scanner';
import type { PickedFile, Scan, ScannedSeries, ScanOptions } from './types';

/** Finds studies in one pick after the other, without keeping the page from being used. */
export interface ScanSession {
  /** Look into what was picked; the scan holds all that was found so far. Rejects when aborted, or out of memory. */
  add: (picked: PickedFile[], options?: ScanOptions) => Promise<Scan>;
  /** Draw a preview of a series, or null where none can be drawn. Never rejects. */
  previewOf: (series: ScannedSeries) => Promise<Blob | null>;
  /** Drop a study, so that it is found anew if it is picked again. */
  forget: (studyUid: string) => void;
  /** Drop everything that was found. */
  clear: () => void;
  /** End the session; what is under way never ends. */
  close: () => void;
}

/** Begin a session: in a worker, or in this thread where there are none. */
export function openScanSession(): ScanSession {
  return 'Worker' in globalThis ? workerSession() : localSession();
}

/** Find the studies in what was picked, in a session of its own. Rejects when aborted. */
export async function scanFiles(picked: PickedFile[], options?: ScanOptions): Promise<Scan> {
  const session = openScanSession();
  try {
    return await session.add(picked, options);
  } finally {
    session.close();
  }
}

function localSession(): ScanSession {
  const scanner = new Scanner();
  return {
    add: (picked, options) => scanner.add(picked, options),
    previewOf: drawHere,
    forget: (studyUid) => scanner.forget(studyUid),
    clear: () => scanner.clear(),
    close: () => scanner.clear(),
  };
}

async function drawHere(series: ScannedSeries): Promise<Blob | null> {
  const file = middleOf(series);
  return file ? drawPreview(file) : null;
}

/** Handing over a file takes a browser up to half a millisecond: ten thousand at once would freeze the page. */
const HANDED_AT_ONCE = 100;

function workerSession(): ScanSession {
  const worker = new Worker(new URL('./scan.worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  const send = (request: Request) => worker.postMessage(request);

  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
    waiting.get(data.id)?.(data);
    if (data.kind !== 'progress') waiting.delete(data.id);
  });
  // The script could not be loaded, or the thread is out of memory: nobody else would answer.
  worker.addEventListener('error', ({ message }) => {
    for (const [id, settle] of waiting) settle({ kind: 'failed', id, message });
    waiting.clear();
  });

  const handOver = async (id: number, picked: PickedFile[], signal: AbortSignal | undefined) => {
    for (let at = 0; ; at += HANDED_AT_ONCE) {
      const last = at + HANDED_AT_ONCE >= picked.length;
      send({ kind: 'add', id, picked: picked.slice(at, at + HANDED_AT_ONCE), last });
      if (last) return;
      await new Promise((resolve) => setTimeout(resolve));
      if (signal?.aborted) return;
    }
  };

  const add = (picked: PickedFile[], { onProgress, signal }: ScanOptions = {}) =>
    new Promise<Scan>((resolve, reject) => {
      signal?.throwIfAborted();
      const id = (asked += 1);
      waiting.set(id, (reply) => {
        if (reply.kind === 'progress') onProgress?.(reply.progress);
        else if (reply.kind === 'scan') resolve(reply.scan);
        else reject(new Error('the scan failed'));
      });
      signal?.addEventListener('abort', () => {
        waiting.delete(id);
        send({ kind: 'cancel', id });
        reject(signal.reason as Error);
      });
      void handOver(id, picked, signal);
    });

  const previewOf = (series: ScannedSeries) =>
    new Promise<Blob | null>((resolve) => {
      const file = middleOf(series);
      if (!file) {
        resolve(null);
        return;
      }
      const id = (asked += 1);
      waiting.set(id, (reply) => resolve(reply.kind === 'preview' ? reply.preview : null));
      send({ kind: 'preview', id, file });
    });

  return {
    add,
    previewOf: drawsInWorkers ? previewOf : drawHere,
    forget: (studyUid) => send({ kind: 'forget', studyUid }),
    clear: () => send({ kind: 'clear' }),
    close: () => worker.terminate(),
  };
}
