import { useState } from 'react';

import { useLoaded } from '@/shared/hooks/useLoaded';

import { endOtherSessions, endSession, fetchSessions, type SignIn } from '../api';

/** Stands for all sessions but this one, where the id of one can stand. */
export const OTHERS = 'others';

interface Sessions {
  sessions: SignIn[] | null;
  error: unknown;
  reload: () => void;
  /** The id of the session that is being ended, or OTHERS. */
  ending: string | null;
  /** What was ended last. */
  ended: 'one' | 'others' | null;
  endError: unknown;
  end: (id: SignIn['id']) => Promise<void>;
  endOthers: () => Promise<void>;
}

/** Where the person is signed in, and the ways to end that. */
export function useSessions(): Sessions {
  const { value: sessions, error, reload, change } = useLoaded(fetchSessions);
  const [ending, setEnding] = useState<Sessions['ending']>(null);
  const [ended, setEnded] = useState<Sessions['ended']>(null);
  const [endError, setEndError] = useState<unknown>(null);

  const attempt = async (which: string, act: () => Promise<void>) => {
    setEnding(which);
    setEnded(null);
    setEndError(null);
    try {
      await act();
      setEnded(which === OTHERS ? 'others' : 'one');
      const isOver = ({ id, is_current }: SignIn) =>
        which === OTHERS ? !is_current : id === which;
      change((sessions ?? []).filter((session) => !isOver(session)));
    } catch (failure) {
      setEndError(failure);
    } finally {
      setEnding(null);
    }
  };

  return {
    sessions,
    error,
    reload,
    ending,
    ended,
    endError,
    end: (id) => attempt(id, () => endSession(id)),
    endOthers: () => attempt(OTHERS, endOtherSessions),
  };
}
