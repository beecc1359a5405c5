import { beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { makeTokens } from '@/test/makeTokens';

import { forgetKept } from './forget';
import { forget, keep, recall } from './kept';

const MANY = { records: 100 };

async function valueOf(kind: string, id: string): Promise<unknown> {
  return (await recall(kind, id))?.value;
}

describe('what is kept for offline use', () => {
  beforeEach(() => session.begin(makeTokens('jane')));

  it('is there again, with the time at which it was put there', async () => {
    const before = Date.now();
    await keep('fact', 'a', { said: 'so' }, MANY);
    const found = await recall('fact', 'a');
    expect(found?.value).toEqual({ said: 'so' });
    expect(found?.at.getTime()).toBeGreaterThanOrEqual(before);
    expect(await recall('fact', 'b')).toBeNull();
    expect(await recall('other', 'a')).toBeNull();
  });

  it('is the newest of each kind, by number', async () => {
    for (const id of ['a', 'b', 'c', 'd']) {
      vi.spyOn(Date, 'now').mockReturnValueOnce(id.charCodeAt(0));
      await keep('fact', id, id, { records: 2 });
    }
    await keep('other', 'a', 'kept', { records: 2 });
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => valueOf('fact', id)))).toEqual([
      undefined,
      undefined,
      'c',
      'd',
    ]);
    expect(await valueOf('other', 'a')).toBe('kept');
  });

  it('is the newest of each kind, by size', async () => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      vi.spyOn(Date, 'now').mockReturnValueOnce(index);
      await keep('page', id, id, { records: 9, bytes: 100 }, 45);
    }
    expect(await valueOf('page', 'a')).toBeUndefined();
    expect(await valueOf('page', 'b')).toBe('b');
    expect(await valueOf('page', 'c')).toBe('c');
  });

  it('is forgotten where the gateway says that it is gone', async () => {
    await keep('fact', 'a', 1, MANY);
    await forget('fact', 'a');
    expect(await recall('fact', 'a')).toBeNull();
  });

  it('is of one person alone', async () => {
    await keep('fact', 'a', 'of Jane', MANY);
    await session.begin(makeTokens('richard'));
    expect(await recall('fact', 'a')).toBeNull();
    await keep('fact', 'b', 'of Richard', MANY);
    await session.begin(makeTokens('jane'));
    expect(await recall('fact', 'a')).toBeNull();
    expect(await recall('fact', 'b')).toBeNull();
  });

  it('does not outlive signing out, nor come afterwards', async () => {
    await keep('fact', 'a', 1, MANY);
    await session.end('none');
    await forgetKept();
    await keep('fact', 'b', 1, MANY);
    expect(await recall('fact', 'b')).toBeNull();
    await session.begin(makeTokens('jane'));
    expect(await recall('fact', 'a')).toBeNull();
    expect(await recall('fact', 'b')).toBeNull();
  });

  it('is missed by nobody where the browser keeps nothing', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.spyOn(session, 'userId').mockRejectedValue(new Error('no storage'));
    await keep('fact', 'a', 1, MANY);
    expect(await recall('fact', 'a')).toBeNull();
  });
});
