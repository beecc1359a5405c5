import type { Thumbnail } from './preview/thumbnail';
import type { PickedFile, Scan, ScannedFile, ScanProgress } from './types';

/** What a page asks its scan worker; `id` comes back with the answer. */
export type Request =
  | { kind: 'add'; id: number; picked: PickedFile[] }
  | { kind: 'cancel'; id: number }
  | { kind: 'preview'; id: number; file: ScannedFile }
  | { kind: 'forget'; studyUid: string };

export type Reply =
  | { kind: 'progress'; id: number; progress: ScanProgress }
  | { kind: 'scan'; id: number; scan: Scan }
  /** A picture, or its pixels where workers can't write pictures. */
  | { kind: 'preview'; id: number; preview: Blob | Thumbnail | null }
  | { kind: 'failed'; id: number; message: string };
