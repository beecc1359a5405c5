import {
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
} from 'react';

import { session } from '@/shared/api/session';

interface Place {
  key: string;
  index: number;
}

const TOP: Place = { key: '', index: 0 };

/** Where somebody was in a list when he left it, so that he goes on there when he comes back. */
let left = { list: '', at: TOP };

// Another person, or nobody: that is nobody else's place.
session.subscribe(() => {
  left = { list: '', at: TOP };
});

interface RowFocus {
  /** The row that the Tab key leads to: one of all. */
  index: number;
  /** For the element around the rows: spread it. Each row has its key in `data-row`. */
  rows: {
    ref: RefObject<HTMLDivElement | null>;
    onFocus: (event: FocusEvent) => void;
    onBlur: (event: FocusEvent) => void;
    onKeyDown: (event: KeyboardEvent) => void;
  };
  /** Lead the focus so many rows on; to the current row where it was elsewhere. */
  step: (by: number) => void;
}

/**
 * One row of a list that the keyboard is at, wherever the list puts it: it is known by its key and not by its place.
 *
 * What happens to the list takes the focus from nobody: if the focused row is drawn anew elsewhere it is focused again,
 * and if it is gone, the one that took its place. `list` names the list: who comes back to it is where he was.
 */
export function useRowFocus(list: string, keys: readonly string[]): RowFocus {
  const table = useRef<HTMLDivElement>(null);
  const isWithin = useRef(false);
  const [at, setAt] = useState(() => (left.list === list ? left.at : TOP));
  const [moves, move] = useReducer((count: number) => count + 1, 0);
  const found = keys.indexOf(at.key);
  const index = found === -1 ? Math.max(0, Math.min(at.index, keys.length - 1)) : found;
  const key = keys[index] ?? '';
  // Where it is now is where its neighbours are, should it go. Before anybody was in the list it is the first row.
  if (at.key !== '' && (key !== at.key || index !== at.index)) setAt({ key, index });

  const focusRow = () =>
    table.current?.querySelector<HTMLElement>(`[data-row="${key}"] a[href]`)?.focus();

  useLayoutEffect(() => {
    if (moves > 0) focusRow();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- each move leads to the row that it has made the current one
  }, [moves]);

  useLayoutEffect(() => {
    if (isWithin.current && !table.current?.contains(document.activeElement)) focusRow();
  });

  useEffect(() => {
    left = { list, at };
  }, [list, at]);

  const goTo = (target: number) => {
    const next = Math.max(0, Math.min(target, keys.length - 1));
    const nextKey = keys[next];
    if (nextKey === undefined) return;
    setAt({ key: nextKey, index: next });
    move();
  };

  return {
    index,
    step: (by) => goTo(isWithin.current ? index + by : index),
    rows: {
      ref: table,
      onFocus: ({ target }) => {
        isWithin.current = true;
        const own = target.closest<HTMLElement>('[data-row]')?.dataset.row;
        if (own !== undefined && own !== key) setAt({ key: own, index: keys.indexOf(own) });
      },
      // React tells of no blur when it takes the focused element away itself: then this stays true.
      onBlur: ({ relatedTarget }) => {
        isWithin.current = table.current?.contains(relatedTarget) ?? false;
      },
      onKeyDown: (event) => {
        const target = targetOf(event, index, keys.length);
        if (target === null) return;
        event.preventDefault();
        goTo(target);
      },
    },
  };
}

function targetOf(event: KeyboardEvent, index: number, count: number): number | null {
  const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
  const isInRow = target instanceof Element && target.closest('[data-row]') !== null;
  if (!isInRow || ctrlKey || metaKey || altKey || shiftKey) return null;
  const targets: Partial<Record<string, number>> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    Home: 0,
    End: count - 1,
  };
  return targets[key] ?? null;
}
