import { useEffect, useState } from 'react';

import { recall, type Kept } from '@/shared/kept/kept';

/** What was kept of this on the device: undefined until it was read, null where there is nothing. */
export function useKept<T>(kind: string, id: string): Kept<T> | null | undefined {
  const [kept, setKept] = useState<{ id: string; found: Kept<T> | null } | null>(null);

  useEffect(() => {
    let isCurrent = true;
    void recall<T>(kind, id).then((found) => {
      if (isCurrent) setKept({ id, found });
    });
    return () => {
      isCurrent = false;
    };
  }, [kind, id]);

  return kept?.id === id ? kept.found : undefined;
}
