import { pause } from '../pause';
import { EventParser, type ServerEvent } from './eventParser';
import { ApiError, problemFrom, SessionEndedError, UnreachableError } from './problem';
import { session } from './session';

export interface Following {
  /** A path of the API that answers with an event stream. */
  path: string;
  /** How often the server says something at least: comments count. */
  heartbeatMs: number;
  /** The id of the last event that is known, from wherever; what came after it is sent first. */
  lastEventId: () => string | null;
  onEvent: (event: ServerEvent) => void;
  /** Whether bytes come in. False also where a connection stands that carries nothing. */
  onLive: (isLive: boolean) => void;
}

/** So many heartbeats may be missing before a connection is given up: a link that is gone often says nothing. */
const MISSED_HEARTBEATS = 3;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Follow a stream of server-sent events as the signed-in person until the signal ends.
 *
 * The token travels in the header, which EventSource could not do. A connection that ends, fails or stands still is
 * opened again, after a pause that grows and has jitter: a gateway that restarts is not met by everybody at once.
 * Returns early when the session is over. What `onEvent` raises is not caught.
 */
export async function followEvents(following: Following, signal: AbortSignal): Promise<void> {
  let failures = 0;
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const connection = new Connection(following);
    let askedMs: number | null;
    try {
      askedMs = await outcomeOf(connection, signal);
    } catch (error) {
      if (error instanceof SessionEndedError || isOver()) return;
      throw error;
    } finally {
      following.onLive(false);
    }
    if (connection.wasLive) failures = 0;
    // Asked to come back at once, it comes back at once only once.
    const ownMs = failures === 0 && askedMs !== null ? 0 : backoff(failures);
    await pause(jittered(Math.max(askedMs ?? 0, ownMs)), signal);
    failures += 1;
  }
}

/** Read a connection to its end, whichever that is; return how long the server wants to be left alone then. */
async function outcomeOf(connection: Connection, signal: AbortSignal): Promise<number | null> {
  try {
    await connection.read(signal);
    return connection.retryMs;
  } catch (error) {
    if (error instanceof UnreachableError) return connection.retryMs;
    if (!(error instanceof ApiError)) throw error;
    return error.retryAfter && error.retryAfter.seconds * 1000;
  }
}

function backoff(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}

/** Between so long and one and a half times as long. */
function jittered(ms: number): number {
  return ms * (1 + Math.random() / 2);
}

/** One connection, from the request to its end. */
class Connection {
  readonly #following: Following;
  readonly #parser = new EventParser();
  readonly #ending = new AbortController();
  #standstill: ReturnType<typeof setTimeout> | undefined;
  wasLive = false;

  constructor(following: Following) {
    this.#following = following;
  }

  get retryMs(): number | null {
    return this.#parser.retryMs;
  }

  /** Hand on what comes until the server or the signal ends it. Raises as `get`, also when it stood still. */
  async read(signal: AbortSignal): Promise<void> {
    const end = () => this.#ending.abort();
    signal.addEventListener('abort', end);
    try {
      const token = await session.accessToken();
      if (signal.aborted) return;
      this.#expectBytes();
      let response = await this.#open(token);
      if (response.status === 401) {
        discard(response.body);
        response = await this.#open(await session.renew(token));
      }
      await this.#consume(response);
    } finally {
      clearTimeout(this.#standstill);
      signal.removeEventListener('abort', end);
      end();
    }
  }

  async #open(token: string): Promise<Response> {
    const { path, lastEventId } = this.#following;
    const last = lastEventId();
    try {
      return await fetch(new URL(path, window.location.origin), {
        headers: {
          Accept: 'text/event-stream',
          Authorization: `Bearer ${token}`,
          ...(last !== null && { 'Last-Event-ID': last }),
        },
        cache: 'no-store',
        signal: this.#ending.signal,
      });
    } catch (error) {
      throw new UnreachableError('no answer', { cause: error });
    }
  }

  async #consume(response: Response): Promise<void> {
    const { status, headers, body } = response;
    const isStream = headers.get('Content-Type')?.startsWith('text/event-stream') ?? false;
    if (!response.ok || !isStream || !body) {
      discard(response.body);
      throw problemFrom(status, null, (name) => headers.get(name));
    }
    const reader = body.getReader();
    this.#ending.signal.addEventListener('abort', () => discard(reader));
    for (;;) {
      const piece = await nextPiece(reader);
      if (!piece) return;
      this.#expectBytes();
      this.#becomeLive();
      for (const event of this.#parser.push(piece)) {
        if (this.#ending.signal.aborted) return;
        this.#following.onEvent(event);
      }
    }
  }

  #becomeLive(): void {
    if (this.wasLive) return;
    this.wasLive = true;
    this.#following.onLive(true);
  }

  #expectBytes(): void {
    clearTimeout(this.#standstill);
    const patience = this.#following.heartbeatMs * MISSED_HEARTBEATS;
    this.#standstill = setTimeout(() => this.#ending.abort(), patience);
  }
}

/** The next bytes; undefined at the end. */
async function nextPiece(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  try {
    return (await reader.read()).value;
  } catch (error) {
    throw new UnreachableError('the stream broke', { cause: error });
  }
}

/** Let go of what nobody reads any more, so that its connection is free again. */
function discard(stream: { cancel: () => Promise<void> } | null): void {
  stream?.cancel().catch(() => undefined);
}
