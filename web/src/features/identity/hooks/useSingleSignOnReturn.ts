import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

import { journey, proofs, type Journey } from '@/shared/singleSignOn';

import { finishSingleSignOn } from '../api';

export type ReturnState =
  | { phase: 'busy' }
  /** The other system did not sign the person in (RFC 6749, 4.1.2.1), or sent nothing to go by. */
  | { phase: 'refused' }
  /** The journey began in another browser or tab. */
  | { phase: 'stranger' }
  | { phase: 'failed'; error: unknown };

/**
 * Finish what `useSingleSignOn` began. The code leaves the address at once.
 *
 * What was begun to prove who it is goes to the page that has asked for it, whatever came of it.
 */
export function useSingleSignOnReturn(): { state: ReturnState; retry: () => void } {
  const { search, pathname } = useLocation();
  const navigate = useNavigate();
  const [query] = useState(() => new URLSearchParams(search));
  const [left] = useState(() => journey.read());
  const [state, setState] = useState<ReturnState>({ phase: 'busy' });
  const begun = useRef(false);

  const handOver = ({ flow, returnTo }: Journey, proves: string) => {
    const [code, back] = [query.get('code'), query.get('state')];
    proofs.bring({ proves, result: code && back ? { flow, code, state: back } : null });
    void navigate(returnTo, { replace: true });
  };

  const finish = async () => {
    const code = query.get('code');
    const back = query.get('state');
    if (left?.proves) {
      handOver(left, left.proves);
      return;
    }
    if (!code || !back || !left) {
      setState({ phase: code && back ? 'stranger' : 'refused' });
      return;
    }
    setState({ phase: 'busy' });
    try {
      await finishSingleSignOn({ flow: left.flow, code, state: back });
      void navigate(left.returnTo, { replace: true });
    } catch (error) {
      setState({ phase: 'failed', error });
    }
  };

  const arrive = useEffectEvent(() => {
    if (begun.current) return;
    begun.current = true;
    journey.end();
    void navigate(pathname, { replace: true });
    void finish();
  });
  useEffect(() => {
    arrive();
  }, []);

  return { state, retry: () => void finish() };
}
