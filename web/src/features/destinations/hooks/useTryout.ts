import { useState } from 'react';

import { useAttempt } from '@/shared/hooks/useAttempt';

import { tryRoute, type Example, type RoutedStudy } from '../api';

export interface Tryout {
  busy: boolean;
  error: unknown;
  /** What was found for the example that was tried last. */
  studies: RoutedStudy[] | null;
  /** Something was changed since. */
  isOld: boolean;
  run: () => Promise<void>;
}

/** Rules tried on an example, when somebody asks for it. */
export function useTryout(example: Example): Tryout {
  const [found, setFound] = useState<{ asked: string; studies: RoutedStudy[] } | null>(null);
  const attempt = useAttempt();
  const asked = JSON.stringify(example);

  const run = async () => {
    const works = await attempt.run(async () => {
      setFound({ asked, studies: await tryRoute(example) });
    });
    if (!works) setFound(null);
  };

  return {
    busy: attempt.busy,
    error: attempt.error,
    studies: found?.studies ?? null,
    isOld: found !== null && found.asked !== asked,
    run,
  };
}
