import { useEffect, useEffectEvent } from 'react';

import { worklistNews } from '@/shared/worklistNews';

const AT_MOST_EVERY_MS = 1_000;

/**
 * Ask for the list when it is told that it has changed: at once, but once a second at most, and never in the place of a
 * request that is under way, which on a slow link would never come to its end.
 */
export function useNews(reload: () => void, isAsking: () => boolean): void {
  const ask = useEffectEvent(reload);
  const isBusy = useEffectEvent(isAsking);

  useEffect(() => {
    let askedAt = -Infinity;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      timer = undefined;
      if (isBusy()) {
        timer = setTimeout(look, AT_MOST_EVERY_MS);
        return;
      }
      askedAt = Date.now();
      ask();
    };
    const stop = worklistNews.subscribe(() => {
      timer ??= setTimeout(look, Math.max(0, askedAt + AT_MOST_EVERY_MS - Date.now()));
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}
