import { describe, expect, it } from 'vitest';

import { groupOf } from './modality';

describe('a modality', () => {
  it.each([
    ['CT', 'CT'],
    ['MRI', 'MR'],
    ['PET', 'PT'],
    ['CR', 'XR'],
    ['ECG', 'OTHER'],
    ['OTHER', 'OTHER'],
  ])('of %s is in the group %s', (term, group) => {
    expect(groupOf(term)).toBe(group);
  });
});
