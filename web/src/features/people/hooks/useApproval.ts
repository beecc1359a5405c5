import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { toasts } from '@/shared/toasts';

import { changeUser, isStale, type User } from '../api';
import { nameOf } from '../people';
import { inWords } from '../refusals';

export interface Approval {
  /** Whose account is being approved. */
  busy: User['id'] | null;
  /** Why the last one was not. */
  failure: unknown;
  /** Returns whether it is done. */
  approve: (user: User) => Promise<boolean>;
}

/** Letting people in who have registered, from the list. `onChange` is told when that may look different now. */
export function useApproval(onChange: () => void): Approval {
  const { t } = useTranslation('people');
  const [busy, setBusy] = useState<Approval['busy']>(null);
  const [failure, setFailure] = useState<unknown>(null);

  const approve = async (user: User) => {
    setBusy(user.id);
    setFailure(null);
    try {
      await changeUser(user, { state: 'active' });
      toasts.show({ tone: 'positive', title: t('approval.done', { name: nameOf(user) }) });
      onChange();
      return true;
    } catch (error) {
      setFailure(inWords(error, t));
      if (isStale(error)) onChange();
      return false;
    } finally {
      setBusy(null);
    }
  };

  return { busy, failure, approve };
}
