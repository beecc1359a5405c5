import { describe, expect, it } from 'vitest';

import { destinationsOf, homeOf } from './navigation';

describe('the navigation', () => {
  it.each([
    ['clinician', ['/send', '/uploads', '/reports'], '/uploads'],
    ['radiographer', ['/send', '/uploads', '/reports'], '/uploads'],
    ['radiologist', ['/worklist', '/send', '/uploads'], '/worklist'],
    ['admin', ['/worklist', '/send', '/uploads'], '/uploads'],
    [undefined, ['/send', '/uploads'], '/uploads'],
  ] as const)('leads %s to what the role works with', (role, places, home) => {
    expect(destinationsOf(role).map(({ to }) => to)).toEqual(places);
    expect(homeOf(role)).toBe(home);
  });
});
