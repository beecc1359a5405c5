import { http, HttpResponse } from 'msw';

import type { NotificationItem } from '@/features/notifications/api';

import { API, eventStream, server } from './server';

let made = 0;

/** A notification that an upload is complete, unread and newer than those made before, unless told otherwise. */
export function makeNotification(changes: Partial<NotificationItem> = {}): NotificationItem {
  made += 1;
  const number = String(made).padStart(12, '0');
  return {
    id: `00000000-0000-7000-8000-${number}`,
    type: 'upload_complete',
    message: 'An upload is complete: the PACS has every instance.',
    related_id: `00000000-0000-4000-8000-${number}`,
    is_read: false,
    created_at: '2026-01-14T09:30:00Z',
    ...changes,
  };
}

/** A connection to the stream. */
export class FakeStream {
  readonly lastEventId: string | null;
  readonly authorization: string | null;
  isClosed = false;
  readonly response: Response;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor({ headers, signal }: Request) {
    this.lastEventId = headers.get('Last-Event-ID');
    this.authorization = headers.get('Authorization');
    signal.addEventListener('abort', () => {
      this.isClosed = true;
    });
    this.response = eventStream(
      new ReadableStream({
        start: (controller) => {
          this.#controller = controller;
        },
      }),
    );
  }

  send(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller?.close();
  }

  fail(): void {
    this.#controller?.error(new TypeError('network error'));
  }
}

/** The gateway's notifications of one person, with the streams that are or were open. */
export class FakeNotifications {
  /** Newest first. */
  items: NotificationItem[];
  readonly streams: FakeStream[] = [];
  listed = 0;
  /** What is answered instead of a stream, while there is something. */
  refusal: (() => Response) | null = null;

  constructor(items: NotificationItem[] = []) {
    this.items = items;
    server.use(
      http.get(`${API}/notifications`, ({ request }) => this.#list(request)),
      http.get(`${API}/notifications/stream`, ({ request }) => {
        const stream = new FakeStream(request);
        this.streams.push(stream);
        return this.refusal?.() ?? stream.response;
      }),
      http.post(`${API}/notifications/read-all`, () => this.#read(() => true)),
      http.post(`${API}/notifications/:id/read`, ({ params }) =>
        this.#read((item) => item.id === params.id),
      ),
    );
  }

  get unread(): number {
    return this.items.filter((item) => !item.is_read).length;
  }

  /** The streams that nobody has let go of. */
  get open(): FakeStream[] {
    return this.streams.filter((stream) => !stream.isClosed);
  }

  /** Something happens, and goes out on every open stream. */
  tell(...items: NotificationItem[]): void {
    for (const item of items) {
      this.items = [item, ...this.items];
      const frame = `event: notification\r\nid: ${item.id}\r\ndata: ${JSON.stringify(item)}\r\n\r\n`;
      for (const stream of this.open) stream.send(frame);
    }
  }

  #list(request: Request): Response {
    this.listed += 1;
    const query = new URL(request.url).searchParams;
    const [cursor, limit] = [query.get('cursor'), Number(query.get('limit') ?? 50)];
    const items = this.items.filter(({ id }) => cursor === null || id < cursor).slice(0, limit);
    const next = items.length === limit ? (items.at(-1)?.id ?? null) : null;
    return HttpResponse.json({ items, next_cursor: next, unread: this.unread });
  }

  #read(which: (item: NotificationItem) => boolean): Response {
    this.items = this.items.map((item) => (which(item) ? { ...item, is_read: true } : item));
    return new HttpResponse(null, { status: 204 });
  }
}

/** Tokens of somebody with this id. */
export function tokensOf(userId: string): { access_token: string; refresh_token: string } {
  const claims = btoa(JSON.stringify({ sub: userId }));
  return { access_token: `access-of-${userId}`, refresh_token: `header.${claims}.signature` };
}
