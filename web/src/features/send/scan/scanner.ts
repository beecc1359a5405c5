import { groupStudies } from './group';
import { readInstance, type Instance } from './instance';
import { sameContent } from './source';
import type {
  PickedFile,
  Scan,
  ScanOptions,
  ScanProgress,
  Skipped,
  SkipReason,
  Source,
} from './types';
import { archiveKind, zipMembers } from './zip';

/** How many files are read at a time: storage answers several as fast as one. */
const PARALLEL = 4;
const PROGRESS_MS = 100;

interface Examined {
  label: string;
  result: Instance | SkipReason;
}

/** Find the studies in what was picked. Rejects only when `signal` is aborted. */
export function scanPicked(picked: PickedFile[], options: ScanOptions = {}): Promise<Scan> {
  return new Scanner().add(picked, options);
}

/**
 * Finds studies in one pick after the other. Of each file it keeps the few facts that a study is shown and announced
 * by: never its bytes.
 */
export class Scanner {
  #instances: Instance[] = [];
  #skipped: Skipped[] = [];

  /** Look into what was picked, and return all that was found so far. An aborted scan leaves no trace. */
  async add(picked: PickedFile[], { onProgress, signal }: ScanOptions = {}): Promise<Scan> {
    const tally = new Tally(picked.length, onProgress);
    const found = await mapped(picked, (one) => examine(one, tally, signal));
    await this.#take(found.flat(), signal);
    tally.report();
    return this.#scan();
  }

  /** Drop a study, so that it is found anew if it is picked again. */
  forget(studyUid: string): void {
    this.#instances = this.#instances.filter((instance) => instance.studyUid !== studyUid);
    this.#skipped = this.#skipped.filter((skipped) => skipped.studyUid !== studyUid);
  }

  /** Drop everything. */
  clear(): void {
    this.#instances = [];
    this.#skipped = [];
  }

  #scan(): Scan {
    return { studies: groupStudies(this.#instances), skipped: this.#skipped };
  }

  async #take(examined: Examined[], signal: AbortSignal | undefined): Promise<void> {
    const instances = [...this.#instances];
    const skipped = [...this.#skipped];
    const known = new Map<string, Instance[]>();
    for (const instance of instances) alike(known, instance).push(instance);
    for (const { label, result } of examined) {
      signal?.throwIfAborted();
      if (typeof result === 'string') {
        skipped.push({ label, why: result, studyUid: null });
      } else if (await isRepeated(result, alike(known, result))) {
        skipped.push({ label, why: 'repeated', studyUid: result.studyUid });
      } else {
        instances.push(result);
        alike(known, result).push(result);
      }
    }
    this.#instances = instances;
    this.#skipped = skipped;
  }
}

/** Return those that an instance may be a copy of. */
function alike(known: Map<string, Instance[]>, { studyUid, file }: Instance): Instance[] {
  const key = `${studyUid} ${file.sopInstanceUid} ${file.size}`;
  const list = known.get(key) ?? [];
  known.set(key, list);
  return list;
}

/** Whether the same bytes are there already. Other content under the same UID is for the gateway to see. */
async function isRepeated({ file }: Instance, others: Instance[]): Promise<boolean> {
  if (!file.sopInstanceUid) return false;
  for (const other of others) {
    try {
      if (await sameContent(file.source, other.file.source)) return true;
    } catch {
      return false; // one of them can't be read any more: sending it will say so
    }
  }
  return false;
}

async function examine(
  { file, label }: PickedFile,
  tally: Tally,
  signal: AbortSignal | undefined,
): Promise<Examined[]> {
  signal?.throwIfAborted();
  const source: Source = { file, member: null };
  const result = await readInstance(source, label);
  if (result === 'not-dicom') {
    const kind = await archiveKind(source, file.name).catch(() => null);
    if (kind === 'zip') return examineZip(file, label, tally, signal);
    if (kind === 'other') return [tally.count({ label, result: 'archive-of-other-kind' })];
  }
  return [tally.count({ label, result })];
}

async function examineZip(
  file: File,
  label: string,
  tally: Tally,
  signal: AbortSignal | undefined,
): Promise<Examined[]> {
  const examined: Examined[] = [];
  try {
    for await (const { label: member, found } of zipMembers(file, label)) {
      signal?.throwIfAborted();
      tally.expect(1);
      const result = typeof found === 'string' ? found : await readMember(found, member);
      examined.push(tally.count({ label: member, result }));
    }
  } catch {
    signal?.throwIfAborted();
    examined.push({ label, result: 'broken-archive' });
  }
  tally.expect(-1); // the archive itself
  return examined.length > 0 ? examined : [{ label, result: 'empty' }];
}

async function readMember(source: Source, label: string): Promise<Instance | SkipReason> {
  const result = await readInstance(source, label);
  if (result !== 'not-dicom') return result;
  const kind = await archiveKind(source, label).catch(() => null);
  return kind ? 'archive-in-archive' : result;
}

/** Counts what was looked into, and says so a few times a second. */
class Tally {
  #progress: ScanProgress;
  #saidAt = 0;
  readonly #say: ((progress: ScanProgress) => void) | undefined;

  constructor(total: number, say: ((progress: ScanProgress) => void) | undefined) {
    this.#progress = { done: 0, total, found: 0 };
    this.#say = say;
    this.report();
  }

  expect(more: number): void {
    this.#progress.total += more;
  }

  count(examined: Examined): Examined {
    this.#progress.done += 1;
    if (typeof examined.result === 'object') this.#progress.found += 1;
    if (performance.now() - this.#saidAt >= PROGRESS_MS) this.report();
    return examined;
  }

  report(): void {
    this.#saidAt = performance.now();
    this.#say?.({ ...this.#progress });
  }
}

/** Map in order, several at a time. */
async function mapped<In, Out>(items: In[], map: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      const item = items[index] as In;
      results[index] = await map(item);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return results;
}
