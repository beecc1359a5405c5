import { afterEach, describe, expect, it } from 'vitest';

import { savedViews, SAVED_VIEWS_KEY } from './savedViews';
import { viewFrom } from './view';

const viewOf = (address: string) => viewFrom(new URLSearchParams(address));
const names = (userId: string) => savedViews.of(userId).map(({ name }) => name);

afterEach(() => {
  localStorage.clear();
  savedViews.reload();
});

describe('saved views', () => {
  it('are each person’s own', () => {
    savedViews.save('jane', 'CT', viewOf('modality=CT'));
    savedViews.save('rosa', 'MR', viewOf('modality=MR'));
    expect(names('jane')).toEqual(['CT']);
    savedViews.remove('jane', 'CT');
    expect(names('jane')).toEqual([]);
    expect(names('rosa')).toEqual(['MR']);
  });

  it('have one of each name, and one default', () => {
    savedViews.save('jane', 'Urgent', viewOf('priority=stat'));
    savedViews.save('jane', 'CT', viewOf('modality=CT'));
    savedViews.setDefault('jane', 'Urgent');
    savedViews.save('jane', 'Urgent', viewOf('part=all&priority=emergency'));
    expect(savedViews.of('jane')).toEqual([
      { name: 'Urgent', address: 'part=all&priority=emergency', isDefault: true },
      { name: 'CT', address: 'modality=CT', isDefault: false },
    ]);
    savedViews.setDefault('jane', 'CT');
    savedViews.rename('jane', 'CT', 'Urgent');
    expect(savedViews.of('jane')).toEqual([
      { name: 'Urgent', address: 'modality=CT', isDefault: true },
    ]);
    savedViews.setDefault('jane', null);
    expect(savedViews.of('jane')[0]?.isDefault).toBe(false);
  });

  it.each(['no JSON', 'null', '[]', '{"jane":7}', '{"jane":[null,{"name":""},{"name":"x"}]}'])(
    'make nothing of %j',
    (text) => {
      localStorage.setItem(SAVED_VIEWS_KEY, text);
      savedViews.reload();
      expect(names('jane')).toEqual([]);
    },
  );

  it('ask for nothing that an address could not ask for', () => {
    const stored = { jane: [{ name: 'Odd', address: 'part=all&status=final&patient=Doe' }] };
    localStorage.setItem(SAVED_VIEWS_KEY, JSON.stringify(stored));
    savedViews.reload();
    expect(savedViews.of('jane')).toEqual([{ name: 'Odd', address: 'part=all', isDefault: false }]);
  });
});
