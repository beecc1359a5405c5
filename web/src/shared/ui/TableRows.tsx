import { useEffect, useRef, useState, type ReactNode } from 'react';

const BLOCK = 20;
const ROW_ESTIMATE_PX = 80;
/** How far outside the view rows are still kept, so that scrolling and tabbing find them there. */
const MARGIN = '1200px';

interface Props<Item> {
  items: Item[];
  /** Draw one row, with a key. `index` counts from 0 over the whole table. */
  row: (item: Item, index: number) => ReactNode;
  /** A row that is drawn wherever it is: where the keyboard is, or goes next. */
  pinned?: number;
}

/** The rows of a table of any length: blocks far from the view keep their height and drop their rows. */
export function TableRows<Item>({ items, row, pinned = -1 }: Props<Item>) {
  return Array.from({ length: Math.ceil(items.length / BLOCK) }, (_, block) => {
    const start = block * BLOCK;
    const members = items.slice(start, start + BLOCK);
    return (
      <RowBlock key={block} size={members.length} isPinned={Math.floor(pinned / BLOCK) === block}>
        {() => members.map((item, offset) => row(item, start + offset))}
      </RowBlock>
    );
  });
}

interface BlockProps {
  size: number;
  isPinned: boolean;
  children: () => ReactNode;
}

function RowBlock({ size, isPinned, children }: BlockProps) {
  const block = useRef<HTMLDivElement>(null);
  const [awayHeight, setAwayHeight] = useState<number | null>(null);

  useEffect(() => {
    const element = block.current;
    if (!element || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1); // several changes may come at once, the newest last
        if (!entry) return;
        const keep = entry.isIntersecting || element.contains(document.activeElement);
        setAwayHeight(keep ? null : entry.boundingClientRect.height || size * ROW_ESTIMATE_PX);
      },
      { rootMargin: MARGIN },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);

  const isDrawn = isPinned || awayHeight === null;
  return (
    <div
      ref={block}
      // Without rows it is no group of any.
      role={isDrawn ? 'rowgroup' : 'presentation'}
      className="divide-y divide-line not-last:border-b not-last:border-line"
      style={isDrawn ? undefined : { blockSize: awayHeight }}
    >
      {isDrawn && children()}
    </div>
  );
}
