import { http, HttpResponse } from 'msw';

import type { Answer } from '@/shared/api/types';

import { API, problem, server } from './server';

type Destination = Answer<'/api/v1/pacs', 'get'>['items'][number];
type Delivery = Answer<'/api/v1/deliveries', 'get'>['items'][number];

export const NORTH = '00000000-0000-4000-8000-00000000000a';
export const SITE = '00000000-0000-4000-8000-00000000000b';
export const UPLOAD = '00000000-0000-7000-8000-0000000000c1';
export const DELIVERY = '00000000-0000-7000-8000-0000000000d1';

/** What the gateway says of a destination. */
export function makeDestination(changes: Partial<Destination> = {}): Destination {
  return {
    id: NORTH,
    name: 'North',
    kind: 'dicomweb',
    address: 'https://pacs.example/dicom-web',
    username: 'relay',
    has_password: true,
    calling_ae_title: 'RELAYPACS',
    tls: { ca: '', certificate: '', has_key: false },
    required: true,
    enabled: true,
    concurrency: 2,
    early: 'urgent',
    rule: { modalities: ['CT'], service_levels: [], stations: [], sites: [] },
    version: 3,
    created_at: '2026-01-14T08:00:00Z',
    health: 'up',
    failing_since: null,
    last_error: '',
    last_cause: null,
    last_success_at: '2026-01-14T09:00:00Z',
    retry_at: null,
    deliveries: {},
    causes: {},
    ...changes,
  };
}

/** What the gateway says of a delivery. */
export function makeDelivery(changes: Partial<Delivery> = {}): Delivery {
  return {
    id: DELIVERY,
    upload_id: UPLOAD,
    report_id: null,
    report_version_id: null,
    destination_id: NORTH,
    destination_name: 'North',
    is_destination_enabled: true,
    required: true,
    state: 'waiting',
    service_level: 'routine',
    is_open: false,
    under_way: false,
    instances: 300,
    delivered: 12,
    verified: 10,
    refused: 0,
    attempts: 0,
    failing_since: null,
    next_attempt_at: '2026-01-14T09:00:00Z',
    last_reason: '',
    last_cause: null,
    reasons: [],
    created_at: '2026-01-14T08:00:00Z',
    verified_at: null,
    ...changes,
  };
}

/** A gateway that keeps destinations and deliveries as the real one does. */
export class FakePlaces {
  destinations: Destination[];
  deliveries: Delivery[];
  /** What was asked for: method, path below the API, query, revision and body. */
  readonly asked: {
    method: string;
    path: string;
    query: string;
    match: string | null;
    body: unknown;
  }[] = [];

  constructor(destinations: Destination[], deliveries: Delivery[] = []) {
    this.destinations = destinations;
    this.deliveries = deliveries;
    server.use(
      http.all(`${API}/pacs*`, ({ request }) => this.#note(request)),
      http.all(`${API}/deliveries*`, ({ request }) => this.#note(request)),
      http.get(`${API}/pacs`, () =>
        HttpResponse.json({ items: this.destinations, next_cursor: null }),
      ),
      http.get(`${API}/pacs/:id`, ({ params }) => this.#one(String(params.id))),
      http.patch(`${API}/pacs/:id`, ({ request }) => this.#change(request)),
      http.get(`${API}/sites`, () =>
        HttpResponse.json({
          items: [{ id: SITE, name: 'Old Town', version: 1, created_at: '2026-01-01T00:00:00Z' }],
          next_cursor: null,
        }),
      ),
      http.get(`${API}/upload`, () => HttpResponse.json({ items: [], next_cursor: null })),
      http.get(`${API}/deliveries`, () =>
        HttpResponse.json({ items: this.deliveries, next_cursor: null }),
      ),
      http.get(`${API}/deliveries/:id/instances`, () =>
        HttpResponse.json({ items: [], next_cursor: null }),
      ),
      http.get(`${API}/deliveries/:id`, () => {
        const [delivery] = this.deliveries;
        return delivery
          ? HttpResponse.json(delivery)
          : problem(404, 'delivery-not-found', 'Not found', 'There is no such delivery.');
      }),
    );
  }

  /** What was asked for by a method. */
  calls(method: string) {
    return this.asked.filter((call) => call.method === method);
  }

  async #note(request: Request): Promise<undefined> {
    const { pathname, search } = new URL(request.url);
    const text = await request.clone().text();
    this.asked.push({
      method: request.method,
      path: pathname.replace('/api/v1', ''),
      query: search,
      match: request.headers.get('If-Match'),
      body: text ? (JSON.parse(text) as unknown) : null,
    });
  }

  #one(id: string): Response {
    const found = this.destinations.find((each) => each.id === id);
    return found
      ? HttpResponse.json(found)
      : problem(404, 'destination-not-found', 'Not found', 'There is no such destination.');
  }

  #change(request: Request): Response {
    const [now] = this.destinations;
    if (now && request.headers.get('If-Match') === `"${now.version}"`) {
      return HttpResponse.json({ ...now, version: now.version + 1 });
    }
    return problem(409, 'stale-edit', 'Changed meanwhile', 'It was changed meanwhile.');
  }
}
