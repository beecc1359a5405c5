import { describe, expect, it } from 'vitest';

import { ageOn, ageText } from './ages';

describe('an age', () => {
  it.each([
    ['19700101', '20240229', { value: 54, unit: 'year' }],
    ['19640301', '20240229', { value: 59, unit: 'year' }],
    ['19640229', '20240229', { value: 60, unit: 'year' }],
    ['20220301', '20240229', { value: 23, unit: 'month' }],
    ['20220229', '20240229', null],
    ['20240115', '20240214', { value: 30, unit: 'day' }],
    ['20240115', '20240215', { value: 1, unit: 'month' }],
    ['20240229', '20240229', { value: 0, unit: 'day' }],
    ['20240301', '20240229', null],
    ['1970', '20240229', null],
    ['', '20240229', null],
    [null, '20240229', null],
    ['19700101', 'yesterday', null],
  ])('of who was born on %s, on %s', (born, day, expected) => {
    expect(ageOn(born, day)).toEqual(expected);
  });

  it('is written as in the reader’s language', () => {
    expect(ageText({ value: 61, unit: 'year' }, 'en')).toBe('61 yrs');
    expect(ageText({ value: 61, unit: 'year' }, 'fr')).toBe('61\u00a0ans');
  });
});
