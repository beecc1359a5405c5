import { describe, expect, it } from 'vitest';

import { cleaned, isBlank, isSame, isTooLong, joined, lettersIn, NO_TEXT, textOf } from './text';

const some = { ...NO_TEXT, findings: 'One.', impression: 'Two.' };

describe('the text of a report', () => {
  it('is counted as the gateway counts it', () => {
    expect(lettersIn('a𝄞b')).toBe(3);
    expect(isTooLong({ ...NO_TEXT, recommendation: '𝄞'.repeat(5_000) })).toBe(false);
    expect(isTooLong({ ...NO_TEXT, recommendation: 'x'.repeat(5_001) })).toBe(true);
  });

  it('is blank without words, whatever the switch says', () => {
    expect(isBlank({ ...NO_TEXT, findings: ' \n', is_critical: true })).toBe(true);
    expect(isBlank(some)).toBe(false);
  });

  it('differs by every part of it', () => {
    expect(isSame(some, { ...some })).toBe(true);
    expect(isSame(some, { ...some, is_critical: true })).toBe(false);
    expect(isSame(some, { ...some, recommendation: 'x' })).toBe(false);
  });

  it('is taken out of what has more', () => {
    expect(textOf({ ...some, author: 'Dr. Ray' } as typeof some)).toEqual(some);
    expect(textOf(null)).toEqual(NO_TEXT);
  });

  it('is joined field by field, and nothing stands there twice', () => {
    const other = { ...NO_TEXT, findings: 'One.', impression: 'Three.', is_critical: true };
    expect(joined(some, other)).toEqual({
      findings: 'One.',
      impression: 'Two.\n\nThree.',
      recommendation: '',
      is_critical: true,
    });
  });

  it('keeps the letters of every script, and none that the gateway refuses', () => {
    const text = 'Łódź 没有 لا شيء 😀\n\tindented';
    expect(cleaned(text)).toBe(text);
    expect(cleaned('a\u0000b\u001b[0mc\ud800d\u0085e')).toBe('ab[0mcde');
    expect(cleaned('a\r\nb\rc\vd\fe')).toBe('a\nb\nc\nd\ne');
  });
});
