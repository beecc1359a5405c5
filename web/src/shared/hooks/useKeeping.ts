import { useEffect, useEffectEvent, useRef } from 'react';

/** Often enough for a network that fails without a word; lists come anew every few seconds. */
const KEEP_EVERY_MS = 15_000;

/** Keep a value on this device as it changes, not too often. Null is nothing to keep. */
export function useKeeping<Value>(
  value: Value | null,
  keepIt: (value: Value) => Promise<void>,
): void {
  const last = useRef(0);
  const put = useEffectEvent(keepIt);

  useEffect(() => {
    if (value === null || Date.now() - last.current < KEEP_EVERY_MS) return;
    last.current = Date.now();
    void put(value);
  }, [value]);
}
