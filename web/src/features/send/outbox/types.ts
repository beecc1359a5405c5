import type { Answer } from '@/shared/api/types';

import type { StudyMetadata } from '../study/form';

/** An upload as the gateway sees it. */
export type UploadView = Answer<'/api/v1/upload/{upload_id}', 'get'>;

/** First and last index of chunks, both included, as the gateway's `missing` gives them. */
export type ChunkRange = [first: number, last: number];

export type ConsignmentState =
  /** Its bytes are being put into the outbox. */
  | 'packing'
  /** It is on the way, or waits for its turn. */
  | 'queued'
  /** The gateway has every byte, and checks and delivers. */
  | 'following'
  /** Verified in the PACS. */
  | 'done'
  /** The bytes are no longer on this device: somebody has to pick the files again. */
  | 'needs-files'
  /** It cannot go on without a person; `problem` says why. */
  | 'stopped'
  /** To be cancelled at the gateway, which has not been told yet. */
  | 'cancelling';

/** Why a consignment stands still: a stable name, and the gateway's own sentence where it had one. */
export interface Problem {
  code: string;
  detail: string;
}

/** What the gateway last said about an upload, as far as the outbox shows it. */
export interface Progress {
  status: UploadView['status'];
  stage: UploadView['stage'];
  instances: number;
  rejected: number;
  verified: number;
  /** What it says has to be known about the study. Nothing of it holds up the delivery. */
  warnings: UploadView['warnings'];
  safeToDelete: boolean;
  hasReceipt: boolean;
  duplicateOf: string | null;
}

/** A study that somebody wants sent: one upload, or one of the several that a very large study needs. */
export interface Consignment {
  id: string;
  /** Whose it is: the user's id at the gateway. Nobody else sees it, on this device or any other. */
  owner: string;
  state: ConsignmentState;
  isPaused: boolean;
  /** Sent though the gateway has the same study already. */
  isForced: boolean;
  /** May pass the data saver's limit. */
  isUrgent: boolean;
  /** 0 goes first: STAT, emergency, routine, subspecialty. */
  priority: number;
  /** Where it stands among those of its priority: lower goes first. */
  position: number;
  addedAt: number;
  studyInstanceUid: string;
  /** Which of how many uploads of one study this is, from 1. */
  ordinal: number;
  of: number;
  images: number;
  series: number;
  size: number;
  metadata: StudyMetadata;
  /** The report whose question it answers; absent in what was kept before there were such. */
  reportId?: string | null;
  preview: Blob | null;
  /** Whether the bytes are in the outbox, written and read back, and so outlive this page. */
  isKept: boolean;
  uploadId: string | null;
  token: string | null;
  chunkSize: number;
  problem: Problem | null;
  progress: Progress | null;
}

/** One DICOM file in a part. */
export interface Ingredient {
  /** What it is called in the part. */
  name: string;
  size: number;
  /** Lower-case hex, of the file's bytes: by it a file that is picked again is known. */
  sha256: string;
}

/** One file of the upload: a DICOM file, or a ZIP of many small ones, the same from the same files each time. */
export interface Part {
  consignmentId: string;
  ordinal: number;
  /** What the gateway calls it. */
  name: string;
  size: number;
  isBundle: boolean;
  ingredients: Ingredient[];
  /** The gateway's name for it; null until the upload is open. */
  fileId: string | null;
  /** What the gateway has not acknowledged; null until the upload is open. */
  missing: ChunkRange[] | null;
}

export type PartKey = [consignmentId: string, ordinal: number];
