import type { Tokens } from '@/shared/api/session';

/** Tokens that are about a user, as the gateway makes them but for the signature. */
export function makeTokens(userId: string): Tokens {
  const payload = btoa(JSON.stringify({ sub: userId }));
  return { access_token: `head.${payload}.access`, refresh_token: `head.${payload}.refresh` };
}
