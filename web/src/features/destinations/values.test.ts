import { describe, expect, it } from 'vitest';

import { makeDestination } from '@/test/fakePlaces';

import { changeOf, isOpen, newOf, NEW, ruleOf, valuesOf, wordsIn, type Values } from './values';

const seen = makeDestination({ tls: { ca: 'CA', certificate: 'CERT', has_key: true } });

function edited(texts: Partial<Values['texts']>, marks: Partial<Values['marks']> = {}): Values {
  const values = valuesOf(seen);
  return { texts: { ...values.texts, ...texts }, marks: { ...values.marks, ...marks } };
}

describe('what the form of a destination holds', () => {
  it('is read as words, each of them once', () => {
    expect(wordsIn(' CT, MR;CT\n\nUS , ')).toEqual(['CT', 'MR', 'US']);
    expect(isOpen(ruleOf(NEW))).toBe(true);
    expect(isOpen(ruleOf(edited({})))).toBe(false);
  });

  it('leaves secrets and addresses alone that were not touched', () => {
    const change = changeOf(edited({ name: 'South ' }), seen);
    expect(change).toMatchObject({ name: 'South', rule: { modalities: ['CT'] } });
    for (const name of ['address', 'kind', 'username', 'password', 'tls']) {
      expect(change).not.toHaveProperty(name);
    }
  });

  it('sends what was changed, and forgets a password only where that is wanted', () => {
    expect(changeOf(edited({ kind: 'dimse' }), seen)).toMatchObject({
      kind: 'dimse',
      address: seen.address,
    });
    expect(changeOf(edited({ username: '' }), seen)).toMatchObject({ username: null });
    expect(changeOf(edited({ password: 'p' }, { withoutPassword: true }), seen).password).toBe('p');
    expect(changeOf(edited({}, { withoutPassword: true }), seen).password).toBeNull();
    expect(changeOf(edited({ ca: 'NEW', key: 'KEY' }), seen).tls).toEqual({
      ca: 'NEW',
      certificate: 'CERT',
      key: 'KEY',
    });
  });

  it('makes a new destination without a password where none is given', () => {
    const made = newOf({ ...NEW, texts: { ...NEW.texts, name: 'A', address: '/a' } });
    expect(made).toMatchObject({ name: 'A', address: '/a', username: null, concurrency: 2 });
    expect(made).not.toHaveProperty('password');
  });
});
