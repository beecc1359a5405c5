import { UnreachableError } from './problem';

/** Load the HTTP client on first use: it is a fifth of the code and nothing on the first screen needs it. */
export async function loadHttp(): Promise<typeof import('./http')> {
  try {
    return await import('./http');
  } catch (error) {
    throw new UnreachableError('The HTTP client could not be loaded', { cause: error });
  }
}
