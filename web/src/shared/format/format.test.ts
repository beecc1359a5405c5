import { describe, expect, it, vi } from 'vitest';

import { dateTime, dicomDate, timeAgo } from './dates';
import { byteSize, percent, timeSpan } from './numbers';
import { personName } from './personName';
import { localeOf } from './useFormat';

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

describe('timeAgo', () => {
  it.each([
    ['2026-01-14T12:00:20Z', 'now'],
    ['2026-01-14T11:59:01Z', 'now'],
    ['2026-01-14T11:59:00Z', '1 minute ago'],
    ['2026-01-14T00:00:01Z', '11 hours ago'],
    ['2026-01-12T13:00:00Z', '1 day ago'],
    ['2025-12-10T12:00:00Z', '1 month ago'],
    ['2023-12-10T12:00:00Z', '2 years ago'],
    ['soon', 'soon'],
  ])('%s was %s', (iso, words) => {
    expect(timeAgo(iso, new Date('2026-01-14T12:00:00Z'), 'en-GB')).toBe(words);
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

describe('a span of time', () => {
  it.each([
    [0, '0 mins'],
    [59, '0 mins'],
    [61, '1 min'],
    [3_599, '59 mins'],
    [3_600, '1 hr'],
    [7_500, '2 hrs 5 mins'],
    [86_400, '1 day'],
    [93_600, '1 day 2 hrs'],
    [266_400, '3 days 2 hrs'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(timeSpan(seconds, 'en-GB')).toBe(text);
  });
});

describe('the reader’s locale', () => {
  function inLocale(tags: string[], language: string): string {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(tags);
    return localeOf(language);
  }

  it('is the region’s where the browser names one', () => {
    expect(dicomDate('20260304', inLocale(['en-US'], 'en'))).toBe('Mar 4, 2026');
    expect(dicomDate('20260304', inLocale(['en-GB', 'en-US'], 'en'))).toBe('4 Mar 2026');
    expect(dicomDate('20260304', inLocale(['en-GB'], 'fr'))).toBe('4 mars 2026');
  });

  it('has figures and dates in Arabic that can be compared with what the files say', () => {
    const locale = inLocale(['ar-SA'], 'ar');
    expect(dicomDate('20260304', locale)).toContain('2026');
    expect(byteSize(158_000_000, locale)).toContain('158');
  });
});
