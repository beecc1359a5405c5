import type { HeldUpload } from './api';

const REASONS = ['several-patients', 'uid-conflict'] as const;
export type Reason = (typeof REASONS)[number] | 'other';

/** Return why an upload is held. */
export function reasonsOf({ warnings }: Pick<HeldUpload, 'warnings'>): Reason[] {
  const codes = new Set(warnings.map(({ code }) => code));
  const found = REASONS.filter((reason) => codes.has(reason));
  return found.length > 0 ? found : ['other'];
}
