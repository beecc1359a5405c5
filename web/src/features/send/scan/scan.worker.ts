import type { Reply, Request } from './messages';
import { drawPreview } from './preview/preview';
import { Scanner } from './scanner';
import type { PickedFile, ScanProgress } from './types';

/** A scanner in a thread of its own: it answers messages, and keeps nothing but what the scanner keeps. */
const scanner = new Scanner();
const arriving = new Map<number, PickedFile[]>();
const running = new Map<number, AbortController>();

self.addEventListener('message', ({ data }: MessageEvent<Request>) => void answer(data));

async function answer(request: Request): Promise<void> {
  switch (request.kind) {
    case 'add':
      return add(request);
    case 'cancel':
      arriving.delete(request.id);
      running.get(request.id)?.abort();
      return;
    case 'preview':
      reply({ kind: 'preview', id: request.id, preview: await drawPreview(request.file) });
      return;
    case 'forget':
      scanner.forget(request.studyUid);
      return;
    case 'clear':
      scanner.clear();
  }
}

async function add({ id, picked, last }: Extract<Request, { kind: 'add' }>): Promise<void> {
  const whole = arriving.get(id) ?? [];
  for (const one of picked) whole.push(one);
  if (last) arriving.delete(id);
  else arriving.set(id, whole);
  if (last) await scan(id, whole);
}

async function scan(id: number, picked: PickedFile[]): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const onProgress = (progress: ScanProgress) => reply({ kind: 'progress', id, progress });
    const found = await scanner.add(picked, { onProgress, signal: controller.signal });
    reply({ kind: 'scan', id, scan: found });
  } catch (error) {
    reply({ kind: 'failed', id, message: String(error) });
  } finally {
    running.delete(id);
  }
}

function reply(message: Reply): void {
  self.postMessage(message);
}
