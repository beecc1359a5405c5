import { describe, expect, it } from 'vitest';

import { isOutOfRoom } from './outOfRoom';

const full = new DOMException('full', 'QuotaExceededError');

describe('isOutOfRoom', () => {
  it('knows the error however it is wrapped', () => {
    const aborted = Object.assign(new Error('aborted'), { inner: full });
    expect([full, aborted, new Error('why', { cause: aborted })].map(isOutOfRoom)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('takes nothing else for it', () => {
    const others = [
      new Error('QuotaExceededError'),
      new DOMException('', 'AbortError'),
      'full',
      null,
    ];
    expect(others.filter(isOutOfRoom)).toEqual([]);
  });
});
