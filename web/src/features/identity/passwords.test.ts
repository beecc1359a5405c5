import { describe, expect, it } from 'vitest';

import { judgePassword, loadEstimator } from './passwords';

describe('judgePassword', () => {
  it.each([
    ['elevenchars', '', 'short'],
    ['🗝🗝🗝🗝🗝🗝🗝🗝🗝🗝🗝', '', 'short'],
    ['quiet-JANE-llama-41', 'jane', 'named'],
    ['password1234', 'jane', 'weak'],
    ['aaaaaaaaaaaaaaaa', 'jane', 'weak'],
    ['a long password', 'jane', 'good'],
    ['correct horse battery', '', 'strong'],
  ])('%j of %j is %s', async (password, username, verdict) => {
    expect(judgePassword(password, username, await loadEstimator())).toBe(verdict);
  });

  it('says nothing of strength without the estimator', () => {
    expect(judgePassword('password1234', 'jane', null)).toBeNull();
    expect(judgePassword('short', 'jane', null)).toBe('short');
  });

  it('rests on the user name no more than on a dictionary', async () => {
    const estimate = await loadEstimator();
    expect(estimate('qjvxzwkyfpq1', ['qjvxzwkyfpq'])).toBeLessThan(estimate('qjvxzwkyfpq1', []));
  });
});
