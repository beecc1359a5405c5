import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';

import { addressOf, questionFrom, type Question } from '../question';

interface ChosenQuestion {
  question: Question;
  /** Whether the person may choose a site and another person. */
  mayNarrow: boolean;
  change: (changes: Partial<Question>) => void;
}

/** The question that the address asks. Each change is a step in the history. */
export function useQuestion(): ChosenQuestion {
  const [address, setAddress] = useSearchParams();
  const mayNarrow = useCurrentUser()?.role === 'admin';
  const question = useMemo(() => questionFrom(address, mayNarrow), [address, mayNarrow]);
  return {
    question,
    mayNarrow,
    change: (changes) => setAddress(addressOf({ ...question, ...changes })),
  };
}
