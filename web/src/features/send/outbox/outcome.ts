import { ApiError } from '@/shared/api/problem';

import { BytesLost } from './bytes';
import type { Consignment, ConsignmentState, Problem, Progress, UploadView } from './types';

/** What to do about a refusal. */
export type Answer =
  | { kind: 'wait'; ms?: number }
  | { kind: 'renew-token' }
  /** The upload is gone, or holds other bytes: send everything in a new one. */
  | { kind: 'begin-anew' }
  /** Ask the gateway again what it has. */
  | { kind: 'look-again' }
  | { kind: 'stop'; state: ConsignmentState; problem: Problem };

const BY_CODE: Record<string, Answer> = {
  'invalid-upload-token': { kind: 'renew-token' },
  'upload-not-found': { kind: 'begin-anew' },
  'upload-expired': { kind: 'begin-anew' },
  'chunk-conflict': { kind: 'begin-anew' },
  'chunks-missing': { kind: 'look-again' },
  'upload-closed': { kind: 'look-again' },
  /** The link garbled it: it goes once more. */
  'chunk-checksum-mismatch': { kind: 'wait' },
  'chunk-encoding-broken': { kind: 'wait' },
  'body-too-slow': { kind: 'wait' },
};
const UNAUTHORIZED = 401;
const TOO_MANY = 429;

/** Decide what follows from an error that is no matter of the network. */
export function answerTo(error: unknown): Answer {
  if (error instanceof BytesLost || isUnreadableFile(error)) {
    return { kind: 'stop', state: 'needs-files', problem: { code: 'bytes-lost', detail: '' } };
  }
  if (!(error instanceof ApiError)) {
    return {
      kind: 'stop',
      state: 'stopped',
      problem: { code: 'unexpected', detail: String(error) },
    };
  }
  return BY_CODE[error.code] ?? answerToStatus(error);
}

function answerToStatus({ status, code, detail, title, retryAfter }: ApiError): Answer {
  if (status >= 500 || status === TOO_MANY || status === UNAUTHORIZED) {
    return { kind: 'wait', ...(retryAfter && { ms: retryAfter.seconds * 1000 }) };
  }
  const problem = { code: code || 'unexpected', detail: detail || title };
  return { kind: 'stop', state: 'stopped', problem };
}

/** A picked file that was changed, moved or deleted meanwhile can't be read any more (File API 10). */
function isUnreadableFile(error: unknown): boolean {
  return error instanceof Error && ['NotReadableError', 'NotFoundError'].includes(error.name);
}

/** What the outbox keeps of what the gateway says about an upload that has left this device. */
export function outcomeOf(view: UploadView): Partial<Consignment> {
  return { ...stateOf(view), progress: progressOf(view) };
}

function stateOf(view: UploadView): { state: ConsignmentState; problem: Problem | null } {
  if (view.status === 'completed') return { state: 'done', problem: null };
  if (view.status !== 'failed') return { state: 'following', problem: null };
  return { state: 'stopped', problem: { code: view.stage, detail: '' } };
}

function progressOf(view: UploadView): Progress {
  return {
    status: view.status,
    stage: view.stage,
    instances: view.expected_instances,
    rejected: view.counts.rejected,
    verified: view.counts.verified,
    warnings: view.warnings,
    safeToDelete: view.safe_to_delete,
    hasReceipt: view.pacs_receipt_id !== null,
    duplicateOf: view.duplicate_of,
  };
}
