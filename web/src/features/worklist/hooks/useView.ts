import { useEffect, useEffectEvent, useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';

import { savedViews } from '../savedViews';
import { addressOf, ofShare, SHARES, viewFrom, WHOLE, type Share, type View } from '../view';

interface ChosenView {
  view: View;
  /** The parts that there are for the person: who administers reads nothing. */
  shares: readonly Share[];
  change: (changes: Partial<View>) => void;
  show: (address: string) => void;
  clear: () => void;
}

const NOT_READING: readonly Share[] = ['unread', 'all'];

/** The view of the worklist that the address says; where it says nothing at first, the person's default. */
export function useView(): ChosenView {
  const [address, setAddress] = useSearchParams();
  const user = useCurrentUser();
  const shares = user?.role === 'admin' ? NOT_READING : SHARES;
  const asked = useMemo(() => viewFrom(address), [address]);
  const view = useMemo(
    () => (shares.includes(asked.share) ? asked : ofShare(asked, 'unread')),
    [asked, shares],
  );

  const begin = useEffectEvent(() => {
    const own = user ? savedViews.of(user.id).find(({ isDefault }) => isDefault) : undefined;
    if (own && address.size === 0) setAddress(own.address, { replace: true });
  });
  useEffect(() => begin(), []);

  return {
    view,
    shares,
    change: ({ share = view.share, ...changes }) =>
      setAddress(addressOf(ofShare({ ...view, ...changes }, share))),
    show: (saved) => setAddress(saved),
    clear: () => setAddress(addressOf({ ...WHOLE, share: view.share })),
  };
}
