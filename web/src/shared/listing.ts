/** What a page of one of the gateway's lists looks like. */
export interface ListPage<Item> {
  items: Item[];
  next_cursor?: string | null;
}

/** The part of a list that is loaded: from its beginning on, without gaps. */
export interface Listing<Item> {
  items: Item[];
  /** Where the rest begins; null at the end. */
  nextCursor: string | null;
  /** Where the pages below the first one begin, so that each can be asked for again. */
  joints: readonly Joint<Item>[];
}

export interface Joint<Item> {
  cursor: string;
  /** What stood right above it. */
  above: Item;
}

/** How the gateway orders a list, and what tells its items apart. */
export interface Order<Item> {
  keyOf: (item: Item) => string;
  /** Negative where the first stands above the second, as with `toSorted`. */
  compare: (first: Item, second: Item) => number;
}

/** Compare two texts letter by letter, as the gateway does, and not as a language does. */
export function compareTexts(first: string, second: string): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

export function firstPage<Item>(page: ListPage<Item>): Listing<Item> {
  return { items: page.items, nextCursor: page.next_cursor ?? null, joints: [] };
}

/** Put the next page under what is loaded, unless the list was begun anew since `cursor` was taken from it. */
export function withNextPage<Item>(
  listing: Listing<Item>,
  cursor: string,
  page: ListPage<Item>,
  { keyOf }: Order<Item>,
): Listing<Item> {
  const above = listing.items.at(-1);
  if (listing.nextCursor !== cursor || !above) return listing;
  const known = new Set(listing.items.map(keyOf));
  return {
    items: [...listing.items, ...page.items.filter((item) => !known.has(keyOf(item)))],
    nextCursor: page.next_cursor ?? null,
    joints: [...listing.joints, { cursor, above }],
  };
}

/**
 * Replace the top of the list by what the gateway says now, and keep what is loaded below it.
 *
 * Where the two do not meet (more is new than a page holds), the list begins anew.
 */
export function withFreshTop<Item>(
  listing: Listing<Item>,
  page: ListPage<Item>,
  order: Order<Item>,
): Listing<Item> {
  const last = page.items.at(-1);
  const meets = last && listing.items.some((item) => order.compare(item, last) <= 0);
  return meets ? withStretch(listing, null, page, order) : firstPage(page);
}

/**
 * Replace what is loaded of a stretch of the list by what the gateway says of it now: from a joint (null: the top) to
 * the place of the page's last item. What has moved elsewhere stands where the page has it.
 */
export function withStretch<Item>(
  listing: Listing<Item>,
  joint: Joint<Item> | null,
  page: ListPage<Item>,
  { keyOf, compare }: Order<Item>,
): Listing<Item> {
  const fresh = new Set(page.items.map(keyOf));
  const others = listing.items.filter((item) => !fresh.has(keyOf(item)));
  const last = page.items.at(-1);
  const isEnd = !last || (page.next_cursor ?? null) === null;
  const before = joint ? others.filter((item) => compare(item, joint.above) <= 0) : [];
  const behind = isEnd ? [] : others.filter((item) => compare(item, last) > 0);
  const items = [...before, ...page.items, ...behind];
  const end = items.at(-1);
  return {
    items,
    nextCursor: behind.length > 0 ? listing.nextCursor : (page.next_cursor ?? null),
    joints: listing.joints.filter(({ above }) => end && compare(above, end) <= 0),
  };
}

/**
 * Return the joint below which to ask again: each has its turn, if anything below it (and above the next one) moves.
 * Null where nothing does.
 */
export function jointInTurn<Item>(
  { items, joints }: Listing<Item>,
  turn: number,
  moves: (item: Item) => boolean,
  { compare }: Order<Item>,
): Joint<Item> | null {
  const moving = items.filter(moves);
  const due = joints.filter(({ above }, index) => {
    const next = joints[index + 1];
    return moving.some(
      (item) => compare(item, above) > 0 && (!next || compare(item, next.above) <= 0),
    );
  });
  return due[turn % due.length] ?? null;
}
