import { useEffect, useRef, type RefObject } from 'react';

/** Lead a person to what has taken the place of what they were at. The element needs a `tabIndex`. */
export function useArrival<E extends HTMLElement>(): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
