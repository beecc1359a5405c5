import { describe, expect, it } from 'vitest';

import {
  firstPage,
  jointInTurn,
  withFreshTop,
  withNextPage,
  withStretch,
  type Listing,
  type Order,
} from './listing';

interface Item {
  /** What it stands by; the lowest is at the top. */
  place: number;
  name: string;
}

const order: Order<Item> = {
  keyOf: ({ name }) => name,
  compare: (first, second) => first.place - second.place,
};

/** Items by their names, each at the place that its letter has in the alphabet. */
function items(names: string): Item[] {
  return names.split(/(?=.)/).map((name) => ({ name, place: name.charCodeAt(0) }));
}

function names(listing: Listing<Item>): string {
  return listing.items.map(({ name }) => name).join('');
}

/** A list that was loaded page by page; `/` stands between them, and at the end where more follows. */
function loaded(pages: string): Listing<Item> {
  const [first = '', ...rest] = pages.split('/').filter(Boolean);
  const hasMore = pages.endsWith('/');
  const cursorAt = (index: number) => (index < rest.length || hasMore ? `after-${index}` : null);
  return rest.reduce(
    (listing, page, index) =>
      withNextPage(
        listing,
        `after-${index}`,
        { items: items(page), next_cursor: cursorAt(index + 1) },
        order,
      ),
    firstPage({ items: items(first), next_cursor: cursorAt(0) }),
  );
}

describe('the loaded part of a list', () => {
  it('grows downwards, without showing anything twice', () => {
    const listing = loaded('ab/');
    const page = { items: items('bc'), next_cursor: null };
    const longer = withNextPage(listing, 'after-0', page, order);
    expect(names(longer)).toBe('abc');
    expect(longer.nextCursor).toBeNull();
    expect(longer.joints.map(({ cursor, above }) => cursor + above.name)).toEqual(['after-0b']);
  });

  it('refuses a page that was asked for before the list began anew', () => {
    const listing = loaded('a/');
    const page = { items: items('c'), next_cursor: null };
    expect(withNextPage(listing, 'after-7', page, order)).toBe(listing);
  });

  it('takes in what is new at the top and keeps what is below', () => {
    const fresh = withFreshTop(
      loaded('bc/de/'),
      { items: items('ab'), next_cursor: 'after-b' },
      order,
    );
    expect(names(fresh)).toBe('abcde');
    expect(fresh.nextCursor).toBe('after-1');
  });

  it('drops what the gateway no longer lists there', () => {
    const page = { items: items('ac'), next_cursor: 'after-c' };
    expect(names(withFreshTop(loaded('abcd/'), page, order))).toBe('acd');
  });

  it('takes in what came between two others, and goes on below the last one', () => {
    const page = { items: items('abc'), next_cursor: 'after-c' };
    const fresh = withFreshTop(loaded('ac/ef/'), page, order);
    expect(names(fresh)).toBe('abcef');
    expect(fresh.joints).toHaveLength(1);
  });

  it('shows something that has moved up where it is now, and once', () => {
    const urgent = { name: 'e', place: 0 };
    const page = { items: [urgent, ...items('ab')], next_cursor: 'after-b' };
    expect(names(withFreshTop(loaded('abc/ef/'), page, order))).toBe('eabcf');
  });

  it('begins anew where more is new than a page holds', () => {
    const fresh = withFreshTop(loaded('ef'), { items: items('ab'), next_cursor: 'after-b' }, order);
    expect(names(fresh)).toBe('ab');
    expect(fresh.nextCursor).toBe('after-b');
  });

  it('ends where the gateway says that it ends', () => {
    const fresh = withFreshTop(loaded('ab/cd/'), { items: items('a'), next_cursor: null }, order);
    expect(fresh).toEqual({ items: items('a'), nextCursor: null, joints: [] });
  });

  it('is empty when the gateway has nothing', () => {
    const fresh = withFreshTop(loaded('ab/cd'), { items: [], next_cursor: null }, order);
    expect(fresh).toEqual({ items: [], nextCursor: null, joints: [] });
  });
});

describe('a stretch further down', () => {
  it('is replaced from its joint to its last place, and nothing else is', () => {
    const listing = loaded('ab/cde/fg/');
    const [joint] = listing.joints;
    if (!joint) throw new Error('no joint');
    const page = { items: items('de'), next_cursor: 'after-e' };
    const fresh = withStretch(listing, joint, page, order);
    expect(names(fresh)).toBe('abdefg');
    expect(fresh.nextCursor).toBe('after-2');
    expect(fresh.joints).toEqual(listing.joints);
  });

  it('may have grown beyond the next joint, or to the end of the list', () => {
    const listing = loaded('ab/cd/ef/');
    const [joint] = listing.joints;
    if (!joint) throw new Error('no joint');
    const page = { items: items('cdeg'), next_cursor: 'after-g' };
    const fresh = withStretch(listing, joint, page, order);
    expect(names(fresh)).toBe('abcdeg');
    expect(fresh.nextCursor).toBe('after-g');
    const over = withStretch(listing, joint, { items: [], next_cursor: null }, order);
    expect(over).toMatchObject({ items: items('ab'), nextCursor: null });
    expect(over.joints).toEqual([joint]);
  });

  it('is asked for in turn, where anything in it moves', () => {
    const listing = loaded('ab/cd/ef/gh/');
    const moving =
      (name: string) =>
      ({ name: one }: Item) =>
        one === name;
    const cursors = (moves: (item: Item) => boolean) =>
      [0, 1, 2, 3].map((turn) => jointInTurn(listing, turn, moves, order)?.cursor);
    expect(cursors(() => true)).toEqual(['after-0', 'after-1', 'after-2', 'after-0']);
    expect(cursors(moving('f'))).toEqual(['after-1', 'after-1', 'after-1', 'after-1']);
    expect(cursors(moving('b'))).toEqual([undefined, undefined, undefined, undefined]);
    expect(jointInTurn(loaded('ab'), 0, () => true, order)).toBeNull();
  });

  it('of ten thousand items costs no more than a moment', () => {
    const all = Array.from({ length: 10_000 }, (_, place) => ({ name: String(place), place }));
    let listing = firstPage({ items: all.slice(0, 100), next_cursor: '100' });
    for (let start = 100; start < all.length; start += 100) {
      const page = { items: all.slice(start, start + 100), next_cursor: String(start + 100) };
      listing = withNextPage(listing, String(start), page, order);
    }
    const began = performance.now();
    const joint = jointInTurn(listing, 50, () => true, order);
    const page = { items: all.slice(5_100, 5_300), next_cursor: '5300' };
    const fresh = withStretch(listing, joint, page, order);
    expect(performance.now() - began).toBeLessThan(500);
    expect(joint?.cursor).toBe('5100');
    expect(fresh.items).toEqual(all);
  });
});
