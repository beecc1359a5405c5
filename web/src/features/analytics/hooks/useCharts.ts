import { useEffect, useState } from 'react';

import { useOnline } from '@/shared/hooks/useOnline';

type Charts = typeof import('../charts/charts');

interface LoadedCharts {
  charts: Charts | null;
  /** They could not be loaded: the tables say the same. */
  isMissing: boolean;
}

/**
 * What draws the charts, loaded when the first one is wanted: it is larger than everything else on the page, and nothing
 * waits for it. Where it does not come, it is asked for again when the network is back.
 */
export function useCharts(isWanted: boolean): LoadedCharts {
  const [loaded, setLoaded] = useState<LoadedCharts>({ charts: null, isMissing: false });
  const online = useOnline();
  const isNeeded = isWanted && loaded.charts === null;

  useEffect(() => {
    if (!isNeeded) return;
    let isCurrent = true;
    import('../charts/charts')
      .then((charts) => {
        if (isCurrent) setLoaded({ charts, isMissing: false });
      })
      .catch((error: unknown) => {
        console.warn('The charts could not be loaded', error);
        if (isCurrent) setLoaded({ charts: null, isMissing: true });
      });
    return () => {
      isCurrent = false;
    };
  }, [isNeeded, online]);

  return loaded;
}
