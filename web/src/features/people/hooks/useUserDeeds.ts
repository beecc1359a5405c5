import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { changeUser, isStale, type User } from '../api';
import { inWords } from '../refusals';

type Change = Parameters<typeof changeUser>[1];

export interface UserDeeds {
  busy: boolean;
  /** Why the last one was not done. */
  error: unknown;
  /** Returns whether it is done. */
  change: (change: Change) => Promise<boolean>;
}

/**
 * What is done with an account by a press. Where somebody has changed it meanwhile `onStale` is told, and nothing is
 * done: the person looks first at what it is now.
 */
export function useUserDeeds(
  user: User,
  onChanged: (user: User) => void,
  onStale: () => void,
): UserDeeds {
  const { t } = useTranslation('people');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const change = async (wanted: Change) => {
    setBusy(true);
    setError(null);
    try {
      onChanged(await changeUser(user, wanted));
      return true;
    } catch (failure) {
      setError(inWords(failure, t));
      if (isStale(failure)) onStale();
      return false;
    } finally {
      setBusy(false);
    }
  };

  return { busy, error, change };
}
