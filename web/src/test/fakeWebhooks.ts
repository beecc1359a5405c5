import { http, HttpResponse } from 'msw';

import type { Message, Webhook } from '@/features/webhooks/api';

import { API, problem, server } from './server';

export const WEBHOOKS = `${API}/webhooks`;
export const HOOK = '00000000-0000-4000-8000-00000000000a';
export const SECRET = 'whsec_c2VjcmV0';

/** A webhook that works. */
export function makeWebhook(changes: Partial<Webhook> = {}): Webhook {
  return {
    id: HOOK,
    site_id: 'main',
    url: 'https://ris.example/relay',
    types: ['report_ready'],
    enabled: true,
    version: 1,
    created_at: '2026-01-10T09:30:00Z',
    failing_since: null,
    parked_at: null,
    last_error: '',
    last_success_at: '2026-01-14T09:30:00Z',
    ...changes,
  };
}

export function makeCall(changes: Partial<Message> = {}): Message {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    type: 'report_ready',
    related_id: null,
    state: 'sent',
    attempts: 1,
    next_at: '2026-01-14T09:30:00Z',
    last_reason: '',
    created_at: '2026-01-14T09:30:00Z',
    ended_at: '2026-01-14T09:30:01Z',
    ...changes,
  };
}

interface Change extends Partial<Webhook> {
  new_secret?: boolean;
}

/** A gateway that keeps webhooks as the real one does. */
export class FakeWebhooks {
  items: Webhook[];
  calls: Message[] = [];
  /** What was asked for: method, version and body. */
  readonly asked: [string, string | null, unknown][] = [];

  constructor(items: Webhook[]) {
    this.items = items;
    const page = (rows: unknown[]) => HttpResponse.json({ items: rows, next_cursor: null });
    server.use(
      http.get(`${API}/sites`, () => page([{ id: 'main', name: 'Main site' }])),
      http.get(`${API}/sites/:id`, () => HttpResponse.json({ id: 'main', name: 'Main site' })),
      http.get(WEBHOOKS, () => page(this.items)),
      http.post(WEBHOOKS, ({ request }) => this.#make(request)),
      http.get(`${WEBHOOKS}/:id`, ({ params }) => this.#one(String(params.id))),
      http.get(`${WEBHOOKS}/:id/messages`, () => page(this.calls)),
      http.patch(`${WEBHOOKS}/:id`, ({ request, params }) =>
        this.#change(request, String(params.id)),
      ),
      http.delete(`${WEBHOOKS}/:id`, ({ request, params }) =>
        this.#remove(request, String(params.id)),
      ),
    );
  }

  #one(id: string): Response {
    const found = this.items.find((one) => one.id === id);
    return found
      ? HttpResponse.json(found)
      : problem(404, 'webhook-not-found', 'Webhook not found', 'There is no such webhook.');
  }

  async #make(request: Request): Promise<Response> {
    const body = (await request.json()) as Webhook;
    this.asked.push(['POST', null, body]);
    if (!body.url.startsWith('https://')) {
      return problem(422, 'webhook-address-wrong', 'Wrong', 'It must begin with https://.');
    }
    const made = makeWebhook({ ...body, last_success_at: null });
    this.items = [...this.items, made];
    return HttpResponse.json({ ...made, secret: SECRET }, { status: 201 });
  }

  async #change(request: Request, id: string): Promise<Response> {
    const { new_secret: isNew, ...change } = (await request.json()) as Change;
    const found = this.#found('PATCH', request, id, isNew ? 'new secret' : change);
    if (found instanceof Response) return found;
    const changed = { ...found, ...change, version: found.version + 1 };
    if (change.enabled) Object.assign(changed, { parked_at: null, failing_since: null });
    this.items = this.items.map((one) => (one.id === id ? changed : one));
    return HttpResponse.json({ ...changed, secret: isNew ? SECRET : null });
  }

  #remove(request: Request, id: string): Response {
    const found = this.#found('DELETE', request, id);
    if (found instanceof Response) return found;
    this.items = this.items.filter((one) => one.id !== id);
    return new HttpResponse(null, { status: 204 });
  }

  #found(method: string, request: Request, id: string, body?: unknown): Webhook | Response {
    const seen = request.headers.get('If-Match');
    this.asked.push([method, seen, body]);
    const found = this.items.find((one) => one.id === id);
    if (!found) return this.#one(id);
    if (seen === `"${found.version}"`) return found;
    return problem(409, 'stale-edit', 'Changed meanwhile', 'Load it again.');
  }
}
