import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';

import { fetchSingleSignOn, journey, startSingleSignOn } from '@/shared/singleSignOn';

interface SingleSignOnOffer {
  /** How people call the other system; null where there is none, or nobody could say. */
  name: string | null;
  busy: boolean;
  error: unknown;
  leave: () => Promise<void>;
}

/** Signing in with another system. Nothing of it stands in the way of signing in with a password. */
export function useSingleSignOn(): SingleSignOnOffer {
  const { pathname, search } = useLocation();
  const [name, setName] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

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

  const leave = async () => {
    setBusy(true);
    setError(null);
    try {
      const { authorization_url: away, flow } = await startSingleSignOn();
      // A path that begins with // would be another host's address.
      journey.begin({ flow, returnTo: pathname.replace(/^\/+/, '/') + search });
      window.location.assign(away);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return { name, busy, error, leave };
}
