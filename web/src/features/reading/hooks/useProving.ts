import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';

import { useAttempt } from '@/shared/hooks/useAttempt';
import {
  fetchSingleSignOn,
  journey,
  proofs,
  startSingleSignOn,
  type BroughtProof,
} from '@/shared/singleSignOn';

interface Proving {
  /** How people call the other system; null where there is none, or nobody could say. */
  name: string | null;
  busy: boolean;
  error: unknown;
  /** Go there. What was begun is told when the person comes back. */
  leave: (proves: string) => Promise<void>;
}

/** Proving once more who somebody is at another system, for those who have no password here. */
export function useProving(): Proving {
  const { pathname } = useLocation();
  const [name, setName] = useState<string | null>(null);
  const { busy, error, run } = useAttempt();

  useEffect(() => {
    let gone = false;
    fetchSingleSignOn().then(
      (offer) => {
        if (!gone && offer.enabled) setName(offer.name);
      },
      (failure: unknown) => console.info('No single sign-on is offered', failure),
    );
    return () => {
      gone = true;
    };
  }, []);

  const leave = async (proves: string) => {
    await run(async () => {
      const { authorization_url: away, flow } = await startSingleSignOn(true);
      journey.begin({ flow, returnTo: pathname, proves });
      window.location.assign(away);
    });
  };

  return { name, busy, error, leave };
}

/** With what somebody has just come back from there; null for everybody else. */
export function useBroughtProof(): BroughtProof | null {
  const [brought] = useState(proofs.read);
  useEffect(() => proofs.end(), []);
  return brought;
}
