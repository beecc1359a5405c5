import { useEffect, useEffectEvent } from 'react';

import { pageNews } from '../pageNews';

/** Run `act` as soon as there is news of what the page at a path shows. */
export function usePageNews(path: string, act: () => void): void {
  const run = useEffectEvent(act);
  useEffect(() => pageNews.subscribe(path, () => run()), [path]);
}
