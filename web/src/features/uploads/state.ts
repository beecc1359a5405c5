import type { Upload } from './api';

/** The states that people see, one for each thing that they may have to know or do. */
export type UploadState =
  | 'notStarted'
  | 'onTheWay'
  | 'received'
  | 'checked'
  | 'delivering'
  | 'verified'
  | 'verifiedInPart'
  | 'held'
  | 'rejected'
  | 'duplicate'
  | 'cancelled'
  | 'expired'
  | 'failed';

type Progress = Pick<Upload, 'status' | 'stage' | 'counts'>;

/** Return what the API's status and stage mean together. */
export function uploadState({ status, stage, counts }: Progress): UploadState {
  switch (status) {
    case 'pending':
      return 'notStarted';
    case 'uploading':
      return 'onTheWay';
    case 'completed':
      return counts.rejected > 0 ? 'verifiedInPart' : 'verified';
    case 'processing':
      return processingState(stage);
    case 'failed':
      return failedState(stage);
  }
}

function processingState(stage: Upload['stage']): UploadState {
  switch (stage) {
    case 'held':
      return 'held';
    case 'validated':
      return 'checked';
    case 'delivering':
    case 'verified':
      return 'delivering';
    default:
      return 'received';
  }
}

function failedState(stage: Upload['stage']): UploadState {
  switch (stage) {
    case 'rejected':
    case 'duplicate':
    case 'cancelled':
    case 'expired':
      return stage;
    default:
      return 'failed';
  }
}

const MOVING: ReadonlySet<UploadState> = new Set([
  'notStarted',
  'onTheWay',
  'received',
  'checked',
  'delivering',
]);

/** Whether the state will change by itself, so that asking again soon makes sense. */
export function isUnderWay(upload: Progress): boolean {
  return MOVING.has(uploadState(upload));
}

export const STAGES = ['onTheWay', 'received', 'checked', 'verified'] as const;

export type Stage = (typeof STAGES)[number];
export type StageState = 'done' | 'current' | 'waiting' | 'stopped';

/** How many of the four stages are done, and whether it goes on from there. */
const reached: Record<UploadState, { done: number; stopped?: true }> = {
  notStarted: { done: 0 },
  onTheWay: { done: 0 },
  received: { done: 2 },
  checked: { done: 3 },
  delivering: { done: 3 },
  verified: { done: 4 },
  verifiedInPart: { done: 4 },
  held: { done: 2, stopped: true },
  rejected: { done: 2, stopped: true },
  duplicate: { done: 3, stopped: true },
  cancelled: { done: 0, stopped: true },
  expired: { done: 0, stopped: true },
  failed: { done: 2, stopped: true },
};

/** Return where each of the four stages stands. "Received" is done only when every byte is here. */
export function stageStates(upload: Upload): Record<Stage, StageState> {
  const { done, stopped } = reached[uploadState(upload)];
  const complete = upload.total_bytes > 0 && upload.uploaded_bytes >= upload.total_bytes;
  const finished = Math.max(done, complete ? 1 : 0);
  const stateOf = (stage: Stage): StageState => {
    const position = STAGES.indexOf(stage);
    if (position < finished) return 'done';
    if (position > finished) return 'waiting';
    return stopped ? 'stopped' : 'current';
  };
  return {
    onTheWay: stateOf('onTheWay'),
    received: stateOf('received'),
    checked: stateOf('checked'),
    verified: stateOf('verified'),
  };
}

/** Whether a part of it can be read in the PACS while the rest still arrives, as urgent uploads can. */
export function isReadableEarly({ status, counts }: Progress): boolean {
  return (status === 'pending' || status === 'uploading') && counts.verified > 0;
}
