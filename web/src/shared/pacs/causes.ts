import { Ban, CircleDashed, HardDrive, PlugZap, TimerOff, type LucideIcon } from 'lucide-react';

import type { Answer } from '@/shared/api/types';

type Delivery = Answer<'/api/v1/deliveries', 'get'>['items'][number];
/** Why a destination does not take something, in one word of the gateway's. */
export type Cause = NonNullable<Delivery['last_cause']>;

/** In the order of docs/operations.md: no conversation, no way in, no room, not this, not kept, not its fault. */
export const CAUSES = [
  'unreachable',
  'unknown_host',
  'forbidden_address',
  'tls',
  'timed_out',
  'connection_lost',
  'not_allowed',
  'wrong_ae_title',
  'unknown_caller',
  'not_found',
  'not_dicom',
  'not_offered',
  'out_of_resources',
  'busy',
  'too_large',
  'refused_sop_class',
  'refused_transfer_syntax',
  'refused_content',
  'not_kept',
  'other_content',
  'own_copy',
  'gateway',
  'other',
] as const satisfies readonly Cause[];

const ICONS: Partial<Record<Cause, LucideIcon>> = {
  unreachable: PlugZap,
  connection_lost: PlugZap,
  timed_out: TimerOff,
  out_of_resources: HardDrive,
  own_copy: HardDrive,
  other: CircleDashed,
};

export function iconOf(cause: Cause): LucideIcon {
  return ICONS[cause] ?? Ban;
}

/** What a newer gateway says that this app does not know yet is another cause. */
export function knownCause(word: string | null | undefined): Cause | null {
  if (!word) return null;
  return CAUSES.find((cause) => cause === word) ?? 'other';
}
