import { describe, expect, it } from 'vitest';

import { addressOf, longerThan, nameOf, PERIODS, queryOf, questionFrom } from './question';

const SITE = '00000000-0000-4000-8000-0000000000aa';
const USER = '00000000-0000-4000-8000-0000000000bb';

function asked(address: string, mayNarrow = true) {
  return questionFrom(new URLSearchParams(address), mayNarrow);
}

describe('a question', () => {
  it('is a month of everything unless the address says otherwise', () => {
    expect(asked('')).toEqual({ period: '1m', siteId: null, userId: null });
    expect(queryOf(asked(''))).toEqual({ period: '1m' });
    expect(addressOf(asked('')).toString()).toBe('');
  });

  it.each(PERIODS)('of %s comes back from its address, with site and person', (period) => {
    const question = { period, siteId: SITE, userId: USER };
    expect(asked(addressOf(question).toString())).toEqual(question);
    expect(queryOf(question)).toEqual({ period, site_id: SITE, user_id: USER });
  });

  it('makes nothing of an address that makes no sense', () => {
    expect(asked('period=2y&site=../users&user=1%27')).toEqual(asked(''));
  });

  it('takes a site and a person from nobody who sees one scope alone', () => {
    expect(asked(`period=1w&site=${SITE}&user=${USER}`, false)).toEqual(asked('period=1w'));
  });

  it('has a name that no other question has', () => {
    const names = [`site=${SITE}`, `user=${SITE}`, 'period=all', ''].map((text) =>
      nameOf(asked(text)),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});

it('a longer period leads on until there is none', () => {
  expect(longerThan('1w')).toBe('2w');
  expect(longerThan('6m')).toBe('all');
  expect(longerThan('all')).toBeNull();
});
