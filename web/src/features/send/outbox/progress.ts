import type { SenderStatus } from './status';
import type { Consignment, Part } from './types';

export const STAGES = ['onTheWay', 'received', 'checked', 'verified'] as const;
export type Stage = (typeof STAGES)[number];
export type StageState = 'done' | 'current' | 'waiting' | 'stopped';

/** What there is to see of a consignment at one moment. */
export type QueueState =
  | 'packing'
  | 'sending'
  | 'waiting'
  | 'paused'
  | 'data-saver'
  | 'received'
  | 'checked'
  | 'delivering'
  | 'held'
  | 'verified'
  | 'verified-in-part'
  | 'needs-files'
  | 'duplicate'
  | 'stopped'
  | 'cancelling';

/** Return the one thing that is to be said of it now. */
export function queueState(consignment: Consignment, status: SenderStatus): QueueState {
  const { state, problem, progress } = consignment;
  switch (state) {
    case 'queued':
      return waitingState(consignment, status);
    case 'following':
      return followingState(progress?.stage);
    case 'done':
      return progress && progress.rejected > 0 ? 'verified-in-part' : 'verified';
    case 'stopped':
      return problem?.code.startsWith('duplicate') ? 'duplicate' : 'stopped';
    default:
      return state;
  }
}

function waitingState({ id, isPaused, isUrgent, priority }: Consignment, status: SenderStatus) {
  if (isPaused) return 'paused';
  if (status.isSending && Object.keys(status.underWay[id] ?? {}).length > 0) return 'sending';
  return status.rest === 'data-saver' && !isUrgent && priority > 0 ? 'data-saver' : 'waiting';
}

function followingState(stage: string | undefined): QueueState {
  switch (stage) {
    case 'held':
      return 'held';
    case 'validated':
      return 'checked';
    case 'delivering':
      return 'delivering';
    default:
      return 'received';
  }
}

/** Bytes of a part that the gateway has acknowledged. */
export function acknowledgedBytes(part: Part, chunkSize: number): number {
  if (part.missing === null) return 0;
  const missing = part.missing.reduce((sum, [first, last]) => {
    const end = Math.min((last + 1) * chunkSize, part.size);
    return sum + end - first * chunkSize;
  }, 0);
  return part.size - missing;
}

/** Return where each of the four stages stands; a stage is done only when the gateway has proof of it. */
export function stageStates(consignment: Consignment): Record<Stage, StageState> {
  const { done, isStopped } = reached(consignment);
  const states = STAGES.map((stage, place): [Stage, StageState] => {
    if (place < done) return [stage, 'done'];
    if (place > done) return [stage, 'waiting'];
    return [stage, isStopped ? 'stopped' : 'current'];
  });
  return Object.fromEntries(states) as Record<Stage, StageState>;
}

function reached(consignment: Consignment): { done: number; isStopped: boolean } {
  const { state, progress } = consignment;
  if (state === 'done') return { done: STAGES.length, isStopped: false };
  if (state === 'following') return reachedAtTheGateway(progress?.stage);
  const isStopped = state === 'stopped' || state === 'needs-files';
  return { done: isStopped && progress ? 2 : 0, isStopped };
}

/** Every byte is there: how far it has come since. */
function reachedAtTheGateway(stage: string | undefined): { done: number; isStopped: boolean } {
  const isChecked = stage === 'validated' || stage === 'delivering';
  return { done: isChecked ? 3 : 2, isStopped: stage === 'held' };
}
