import { useEffect, useRef, useState, type RefObject } from 'react';

interface Held {
  /** Whether somebody points at the element, or has the focus in it: what is in it must not go away by itself. */
  isHeld: boolean;
  /** Where the focus was before it came in; null where that is gone. */
  cameFrom: () => HTMLElement | null;
}

/** Watch whether a person is occupied with an element, which stays the same for as long as it is watched. */
export function useHeld(element: RefObject<HTMLElement | null>): Held {
  const [isPointedAt, setPointedAt] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const outside = useRef<HTMLElement | null>(null);

  useEffect(() => {
    const { current } = element;
    if (!current) return;
    const watching = new AbortController();
    const { signal } = watching;
    current.addEventListener('pointerenter', () => setPointedAt(true), { signal });
    current.addEventListener('pointerleave', () => setPointedAt(false), { signal });
    current.addEventListener(
      'focusin',
      ({ relatedTarget }) => {
        if (relatedTarget instanceof HTMLElement && !current.contains(relatedTarget)) {
          outside.current = relatedTarget;
        }
        setFocus(true);
      },
      { signal },
    );
    current.addEventListener(
      'focusout',
      ({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && current.contains(relatedTarget))) setFocus(false);
      },
      { signal },
    );
    return () => watching.abort();
  }, [element]);

  return {
    isHeld: isPointedAt || hasFocus,
    cameFrom: () => (outside.current?.isConnected ? outside.current : null),
  };
}
