import { expect, it } from 'vitest';

import { marksTo } from './axes';

it.each([
  [1, [0, 0.25, 0.5, 0.75, 1, 1.25]],
  [1.458, [0, 0.5, 1, 1.5]],
  [4.9, [0, 1, 2, 3, 4, 5]],
  [5, [0, 2.5, 5, 7.5]],
  [30, [0, 10, 20, 30, 40]],
  [1_200, [0, 250, 500, 750, 1_000, 1_250]],
])('the marks of an axis to %d are even, and reach beyond it', (most, marks) => {
  expect(marksTo(most)).toEqual(marks);
});
