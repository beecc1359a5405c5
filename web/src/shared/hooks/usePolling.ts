import { useEffect, useEffectEvent, useReducer, useRef } from 'react';

import { useOnline } from './useOnline';
import { usePageVisible } from './usePageVisible';

/**
 * Run `poll` at once, and again `everyMs` after its last run ended (null: not again), while the page is seen and
 * online. Coming back runs it at once. Returns a function that runs it now, whatever the browser says of the network.
 *
 * `poll` must not reject; it looks at its signal before it changes anything.
 */
export function usePolling(
  poll: (signal: AbortSignal) => Promise<void>,
  everyMs: number | null,
): () => void {
  const visible = usePageVisible();
  const online = useOnline();
  const [request, ask] = useReducer((count: number) => count + 1, 0);
  const due = useRef(true);
  const run = useEffectEvent(poll);

  useEffect(() => {
    const paused = !visible || !online;
    if (paused && !due.current) {
      return () => {
        due.current = true;
      };
    }
    const controller = new AbortController();
    let timer: number | undefined;
    const turn = () => {
      void run(controller.signal).finally(() => {
        if (controller.signal.aborted) return;
        due.current = false;
        wait();
      });
    };
    const wait = () => {
      if (everyMs !== null && !paused) timer = window.setTimeout(turn, everyMs);
    };
    if (due.current) turn();
    else wait();

    return () => {
      if (paused) due.current = true;
      controller.abort();
      window.clearTimeout(timer);
    };
  }, [visible, online, everyMs, request]);

  return () => {
    due.current = true;
    ask();
  };
}
