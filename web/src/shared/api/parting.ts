import { session } from './session';

interface Parting {
  method: 'POST' | 'PUT';
  url: string;
  body?: object;
  /** The ETag of what a change is made on. */
  ifMatch?: string;
}

/**
 * Send something while the page goes away (Fetch, `keepalive`): nobody hears the answer, and it may never arrive.
 *
 * Browsers take at most 64 KiB so; what is larger is not sent.
 */
export async function sendParting({ method, url, body, ifMatch }: Parting): Promise<void> {
  try {
    const token = await session.accessToken();
    await fetch(new URL(url, window.location.origin), {
      method,
      keepalive: true,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body && { 'Content-Type': 'application/json' }),
        ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    console.info('What was said on leaving has not arrived', error);
  }
}
