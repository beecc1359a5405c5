import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { UnreachableError } from '@/shared/api/problem';
import { firstPage, type ListPage } from '@/shared/listing';

import { useListing, withKept, type Source } from './useListing';

interface Asked {
  limit: number;
  cursor?: string;
}

const FRESH_MS = 15_000;
let all: number[];
let asked: Asked[];
let failure: Error | null;

/** A list of numbers, in their order; a cursor is the last one before it. */
const source: Source<number> = {
  fetchPage: (page): Promise<ListPage<number>> => {
    asked.push(page);
    if (failure) return Promise.reject(failure);
    const after = page.cursor === undefined ? -Infinity : Number(page.cursor);
    const items = all.filter((item) => item > after).slice(0, page.limit);
    const isFull = items.length === page.limit;
    return Promise.resolve({ items, next_cursor: isFull ? String(items.at(-1)) : null });
  },
  order: { keyOf: String, compare: (first, second) => first - second },
  moves: () => true,
  freshMs: () => FRESH_MS,
};

async function open() {
  const { result } = renderHook(() => useListing(source));
  await act(() => vi.advanceTimersByTimeAsync(0));
  const loadMore = () =>
    act(async () => {
      result.current.more.load();
      await vi.advanceTimersByTimeAsync(0);
    });
  return { result, loadMore };
}

function pass(ms: number): Promise<void> {
  return act(async () => {
    await vi.advanceTimersByTimeAsync(ms);
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  all = Array.from({ length: 400 }, (_, index) => index * 10);
  asked = [];
  failure = null;
});
afterEach(() => vi.useRealTimers());

describe('a list that is kept up to date', () => {
  it('asks for its top again and again, and for what is loaded below in turn', async () => {
    const { result, loadMore } = await open();
    await loadMore();
    await loadMore();
    expect(result.current.listing?.items).toEqual(all.slice(0, 250));
    asked = [];
    await pass(FRESH_MS);
    await pass(FRESH_MS);
    await pass(FRESH_MS);
    expect(asked).toEqual([
      { limit: 50 },
      { limit: 200, cursor: '490' },
      { limit: 50 },
      { limit: 200, cursor: '1490' },
      { limit: 50 },
      { limit: 200, cursor: '490' },
    ]);
  });

  it('finds what was taken away and put between, wherever that is', async () => {
    const { result, loadMore } = await open();
    await loadMore();
    all = [5, ...all.filter((item) => item !== 1000), 1005].toSorted((a, b) => a - b);
    await pass(FRESH_MS);
    expect(result.current.listing?.items).toEqual(
      all.slice(0, result.current.listing?.items.length),
    );
    expect(result.current.listing?.items).toContain(1005);
    expect(result.current.listing?.items).not.toContain(1000);
  });

  it('does not ask for what is far down at every news', async () => {
    const { result, loadMore } = await open();
    await loadMore();
    asked = [];
    for (let count = 0; count < 4; count += 1) {
      act(() => result.current.reload());
      await pass(1_000);
    }
    expect(asked.filter(({ cursor }) => cursor === undefined)).toHaveLength(4);
    expect(asked.filter(({ cursor }) => cursor !== undefined)).toHaveLength(1);
  });

  it('stays as it was while the gateway is silent, and says so', async () => {
    const { result } = await open();
    failure = new UnreachableError('gone');
    await pass(FRESH_MS);
    expect(result.current).toMatchObject({ error: failure, isSilent: true });
    expect(result.current.listing?.items).toHaveLength(50);
    failure = null;
    await pass(10_000);
    expect(result.current).toMatchObject({ error: null, isSilent: false });
  });

  it('is what the device keeps until the gateway has answered', async () => {
    failure = new UnreachableError('gone');
    const { result } = await open();
    const at = new Date(2026, 0, 14);
    const kept = { at, value: firstPage({ items: [1, 2] }) };
    expect(withKept(result.current, kept)).toMatchObject({
      listing: { items: [1, 2] },
      asOf: at,
      isKept: true,
    });
    expect(withKept(result.current, null)).toMatchObject({ listing: null, isKept: false });
  });
});
