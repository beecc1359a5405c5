import { useState } from 'react';
import { useNavigate } from 'react-router';

import { ApiError } from '@/shared/api/problem';

import { register, signIn, startOver, type Registration } from '../api';

interface RegistrationSteps {
  /** The account is there and waits for the administrator. */
  waits: boolean;
  /** Raises what the gateway says of the registration. */
  submit: (registration: Registration) => Promise<void>;
}

/** Registering, and then signing in: only that tells whether the account has to be approved first. */
export function useRegistration(): RegistrationSteps {
  const navigate = useNavigate();
  const [waits, setWaits] = useState(false);

  const submit = async (registration: Registration) => {
    await register(registration);
    const { username, password } = registration;
    try {
      await signIn({ username, password });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'account-not-active') {
        setWaits(true);
        return;
      }
      // The account is there all the same; the sign-in page shows what stands in the way.
      console.warn('The new account could not sign in', error);
      await startOver('account-created');
    }
    void navigate('/', { replace: true });
  };

  return { waits, submit };
}
