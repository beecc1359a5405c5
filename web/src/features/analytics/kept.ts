import { keep } from '@/shared/kept/kept';

import type { Numbers } from './api';

/* What of the numbers is there without network: docs/adr/0020-kept-for-offline.md */

export const KEPT_NUMBERS = 'numbers';
const MOST_QUESTIONS = 20;

/** Keep the answer to a question. */
export function keepNumbers(name: string, numbers: Numbers): Promise<void> {
  return keep(KEPT_NUMBERS, name, numbers, { records: MOST_QUESTIONS });
}
