import type { PickedFile, Scan, ScannedFile, ScanProgress } from './types';

/** What a page asks its scan worker; `id` comes back with the answer. */
export type Request =
  /** A part of what was picked; it is looked into once the last part is there. */
  | { kind: 'add'; id: number; picked: PickedFile[]; last: boolean }
  | { kind: 'cancel'; id: number }
  | { kind: 'preview'; id: number; file: ScannedFile }
  | { kind: 'forget'; studyUid: string }
  | { kind: 'clear' };

export type Reply =
  | { kind: 'progress'; id: number; progress: ScanProgress }
  | { kind: 'scan'; id: number; scan: Scan }
  | { kind: 'preview'; id: number; preview: Blob | null }
  | { kind: 'failed'; id: number; message: string };
