import { useState } from 'react';

import { disableTotp, enableTotp, setUpTotp, type TotpSetup } from '../api';

export type SecondFactorStep =
  | { name: 'rest' }
  | { name: 'scanning'; setup: TotpSetup }
  /** Shown once: leaving this step forgets the codes. */
  | { name: 'codes'; codes: string[] }
  | { name: 'turning-off' };

interface SecondFactor {
  step: SecondFactorStep;
  busy: boolean;
  error: unknown;
  begin: () => Promise<void>;
  /** Raises what the gateway says of the code. */
  enable: (code: string) => Promise<void>;
  askToDisable: () => void;
  /** Raises what the gateway says of password or code. */
  disable: (password: string, code: string) => Promise<void>;
  rest: () => void;
}

/** The steps of turning the second factor on and off. `onChange` hears whether it is on now. */
export function useSecondFactor(onChange: (enabled: boolean) => void): SecondFactor {
  const [step, setStep] = useState<SecondFactorStep>({ name: 'rest' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const begin = async () => {
    setBusy(true);
    setError(null);
    try {
      setStep({ name: 'scanning', setup: await setUpTotp() });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return {
    step,
    busy,
    error,
    begin,
    enable: async (code) => {
      setStep({ name: 'codes', codes: await enableTotp(code) });
      onChange(true);
    },
    askToDisable: () => setStep({ name: 'turning-off' }),
    disable: async (password, code) => {
      await disableTotp(password, code);
      setStep({ name: 'rest' });
      onChange(false);
    },
    rest: () => setStep({ name: 'rest' }),
  };
}
