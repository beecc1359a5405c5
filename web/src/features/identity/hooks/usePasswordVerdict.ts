import { useDeferredValue, useEffect, useMemo, useState } from 'react';

import { judgePassword, loadEstimator, type Estimator, type PasswordVerdict } from '../passwords';

/** What the gateway will probably say of a password; null where nothing is typed or cannot be told. */
export function usePasswordVerdict(password: string, username: string): PasswordVerdict | null {
  const [estimator, setEstimator] = useState<{ estimate: Estimator } | null>(null);
  const begun = password !== '';
  // Estimating takes some hundredths of a second: what is typed appears first.
  const settled = useDeferredValue(password);

  useEffect(() => {
    if (!begun) return;
    let gone = false;
    loadEstimator().then(
      (estimate) => {
        if (!gone) setEstimator({ estimate });
      },
      (error: unknown) => console.warn('Passwords cannot be judged while one types', error),
    );
    return () => {
      gone = true;
    };
  }, [begun]);

  return useMemo(
    () => (settled ? judgePassword(settled, username, estimator?.estimate ?? null) : null),
    [settled, username, estimator],
  );
}
