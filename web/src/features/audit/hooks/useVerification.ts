import { useState } from 'react';

import { useAttempt } from '@/shared/hooks/useAttempt';

import { verifyTrail, type KeptSeal, type Verification } from '../api';

/** What the gateway found, and with which seal it was asked. */
export interface Found extends Verification {
  kept: KeptSeal | null;
}

/** Having the gateway check the whole trail. */
export function useVerification() {
  const [found, setFound] = useState<Found | null>(null);
  const { busy, error, run } = useAttempt();
  const check = (kept: KeptSeal | null) => {
    setFound(null);
    return run(async () => setFound({ ...(await verifyTrail(kept)), kept }));
  };
  return { found, busy, error, check };
}
