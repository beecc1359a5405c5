const FIRST_STRONG_ISOLATE = '\u2068';
const POP_DIRECTIONAL_ISOLATE = '\u2069';
/** Hebrew, Arabic and their neighbours, with their presentation forms. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * Return a name, an ID or an address so that it can stand in a sentence of either direction (Unicode UAX 9, 2.4).
 *
 * Without it `PAT-17` reads `17-PAT` in an Arabic sentence, and an Arabic name moves the figures around it. Where both
 * run left to right nothing is added.
 */
export function isolated(value: string, direction: 'ltr' | 'rtl'): string {
  if (direction === 'ltr' && !RIGHT_TO_LEFT.test(value)) return value;
  return FIRST_STRONG_ISOLATE + value + POP_DIRECTIONAL_ISOLATE;
}
