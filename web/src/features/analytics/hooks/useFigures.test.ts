import { renderHook } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { useFigures } from './useFigures';

function figures() {
  return renderHook(useFigures).result.current;
}

describe('a share', () => {
  it.each([
    [1, '100%'],
    [0.9999, '99.9%'],
    [0.283, '28.3%'], // 282.99999999999994 thousandths
    [0, '0%'],
  ])('of %d is %s', (value, text) => {
    expect(figures().share(value)).toBe(text);
  });
});

it('days are those of UTC, and the end is no part of a period', () => {
  const { days, point } = figures();
  expect(days('2026-01-08T00:00:00Z', '2026-01-15T00:00:00Z')).toMatch(/8.*14/);
  expect(days('2026-01-08T00:00:00Z', '2026-01-15T00:00:01Z')).toMatch(/8.*15/);
  expect(point('2026-01-08T00:00:00Z', 'day')).toMatch(/^(8 Jan|Jan 8)$/);
  expect(point('2026-01-01T00:00:00Z', 'month')).toBe('Jan 2026');
});
