import { useEffect, useState } from 'react';
import { Navigate } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import { homeOf } from './navigation';

/** Who it is may never be known, without network and on a device that keeps nothing: then the page for everybody is shown. */
const LONGEST_WAIT_MS = 8_000;

/** Leads to the page that the person's work begins with. */
export function Home() {
  const user = useCurrentUser();
  const [isLate, setLate] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LONGEST_WAIT_MS);
    return () => clearTimeout(timer);
  }, []);

  if (!user && !isLate) return <PageSkeleton />;
  return <Navigate to={homeOf(user?.role)} replace />;
}
