import { describe, expect, it } from 'vitest';

import { dateTime, dicomDate } from './dates';
import { byteSize, percent } from './numbers';
import { personName } from './personName';

describe('personName', () => {
  it.each([
    ['DOE^JANE', 'DOE, JANE'],
    ['Adams^John Robert^Quincy^Rev.^B.A. M.Div.', 'Adams, John Robert Quincy (Rev., B.A. M.Div.)'],
    ['DOE', 'DOE'],
    ['^JANE', 'JANE'],
    ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'Yamada, Tarou'],
    ['=山田^太郎', '山田, 太郎'],
    ['DOE^\u202eENAJ\u0007', 'DOE, ENAJ'],
    ['^^^^', ''],
    ['', ''],
  ])('%j is read as %j', (pn, readable) => {
    expect(personName(pn)).toBe(readable);
  });
});

describe('dates', () => {
  it('shows a DICOM date without moving it to another day', () => {
    expect(dicomDate('20260114', 'en-GB')).toBe('14 Jan 2026');
  });

  it.each(['', '2026', '20261399', 'soon'])('leaves %j as it is', (value) => {
    expect(dicomDate(value, 'en-GB')).toBe(value);
    expect(dateTime(value === '2026' ? 'x' : value, 'en-GB')).not.toBe('Invalid Date');
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 kB'],
    [999, '999 byte'],
    [158_000_000, '158 MB'],
    [1_234_000_000, '1.2 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(byteSize(bytes, 'en-GB')).toBe(text);
  });

  it('says 100 % only when all of it is there', () => {
    expect(percent(999, 1000, 'en-GB')).toBe('99%');
    expect(percent(1000, 1000, 'en-GB')).toBe('100%');
    expect(percent(0, 0, 'en-GB')).toBe('0%');
  });
});
