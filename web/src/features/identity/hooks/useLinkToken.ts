import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

/**
 * Return the token behind the `#` of a one-time link; empty when there is none.
 *
 * It leaves the address at once, so that nobody reads it from the screen, the history or a copied address.
 */
export function useLinkToken(): string {
  const { hash, pathname } = useLocation();
  const navigate = useNavigate();
  const [token, setToken] = useState('');
  const arrived = hash.slice(1);
  if (arrived && arrived !== token) setToken(arrived);

  useEffect(() => {
    if (arrived) void navigate(pathname, { replace: true });
  }, [arrived, navigate, pathname]);

  return arrived || token;
}
