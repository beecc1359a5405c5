import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useAttempt } from '@/shared/hooks/useAttempt';

import { makeResetLink, type OneTimeLink, type User } from '../api';
import { saidInWords } from '../refusals';

/** A link by which somebody sets a new password; it is gone from the page for good once it is put away. */
export function usePasswordLink(userId: User['id']) {
  const { t } = useTranslation('people');
  const [link, setLink] = useState<OneTimeLink | null>(null);
  const { busy, error, run } = useAttempt();
  return {
    link,
    busy,
    error,
    make: () => run(async () => setLink(await saidInWords(t, () => makeResetLink(userId)))),
    putAway: () => setLink(null),
  };
}
