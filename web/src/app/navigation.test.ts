import { describe, expect, it } from 'vitest';

import { destinationsOf, homeOf } from './navigation';

describe('the navigation', () => {
  it.each([
    ['clinician', ['/send', '/uploads', '/reports', '/analytics'], '/uploads'],
    ['radiographer', ['/send', '/uploads', '/reports', '/analytics'], '/uploads'],
    ['radiologist', ['/worklist', '/send', '/uploads', '/analytics'], '/worklist'],
    ['admin', ['/worklist', '/send', '/uploads', '/analytics', '/admin'], '/uploads'],
    [undefined, ['/send', '/uploads', '/analytics'], '/uploads'],
  ] as const)('leads %s to what the role works with', (role, places, home) => {
    expect(destinationsOf(role).map(({ to }) => to)).toEqual(places);
    expect(homeOf(role)).toBe(home);
  });
});
