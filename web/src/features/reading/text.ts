import type { ReportText } from './api';

export const FIELDS = ['findings', 'impression', 'recommendation'] as const;
export type FieldName = (typeof FIELDS)[number];

/** How many letters the gateway takes. */
export const MOST_LETTERS: Record<FieldName, number> = {
  findings: 20_000,
  impression: 10_000,
  recommendation: 5_000,
};

export const NO_TEXT: ReportText = {
  findings: '',
  impression: '',
  recommendation: '',
  is_critical: false,
};

/** Return the text alone of what may be a draft or a version. */
export function textOf(written: ReportText | null): ReportText {
  if (!written) return NO_TEXT;
  const { findings, impression, recommendation, is_critical } = written;
  return { findings, impression, recommendation, is_critical };
}

export function isSame(one: ReportText, other: ReportText): boolean {
  return one.is_critical === other.is_critical && FIELDS.every((name) => one[name] === other[name]);
}

/** Whether nobody has written a word. */
export function isBlank(text: ReportText): boolean {
  return FIELDS.every((name) => !text[name].trim());
}

/** Letters as the gateway counts them: code points. */
export function lettersIn(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

export function isTooLong(text: ReportText): boolean {
  return FIELDS.some((name) => lettersIn(text[name]) > MOST_LETTERS[name]);
}

/** Return what somebody typed or pasted without what the gateway refuses: word processors put such letters into texts. */
export function cleaned(text: string): string {
  // A line break of Word's is a vertical tab.
  return text
    .replaceAll(/\r\n?|[\v\f]/g, '\n')
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, (letter) => (letter === '\n' || letter === '\t' ? letter : ''));
}

/** Return one text below the other, field by field, where they differ. */
export function joined(one: ReportText, other: ReportText): ReportText {
  const both = (name: FieldName) =>
    [one[name], ...(one[name] === other[name] ? [] : [other[name]])].filter(Boolean).join('\n\n');
  return {
    findings: both('findings'),
    impression: both('impression'),
    recommendation: both('recommendation'),
    is_critical: one.is_critical || other.is_critical,
  };
}
