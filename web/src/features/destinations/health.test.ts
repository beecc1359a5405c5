import { describe, expect, it } from 'vitest';

import { makeDestination } from '@/test/fakePlaces';

import { byUrgency, causesOf, healthOf } from './health';

describe('the health of a destination', () => {
  it('is worse than up where it answers and deliveries fail all the same', () => {
    expect(healthOf(makeDestination())).toBe('up');
    const causes = { out_of_resources: 2 };
    expect(healthOf(makeDestination({ causes }))).toBe('refusing');
    expect(healthOf(makeDestination({ causes, health: 'failing' }))).toBe('failing');
    expect(healthOf(makeDestination({ causes, health: 'disabled' }))).toBe('disabled');
  });

  it('orders the list: what needs somebody first, then by name', () => {
    const names = byUrgency([
      makeDestination({ name: 'b' }),
      makeDestination({ name: 'off', health: 'disabled' }),
      makeDestination({ name: 'a' }),
      makeDestination({ name: 'full', causes: { out_of_resources: 1 } }),
      makeDestination({ name: 'down', health: 'failing' }),
    ]).map(({ name }) => name);
    expect(names).toEqual(['down', 'full', 'a', 'b', 'off']);
  });

  it('tells causes by how often they occur, also of a newer gateway', () => {
    const causes = { busy: 1, out_of_resources: 3, of_tomorrow: 2 };
    expect(causesOf(makeDestination({ causes }))).toEqual([
      ['out_of_resources', 3],
      ['other', 2],
      ['busy', 1],
    ]);
  });
});
