import { http, HttpResponse } from 'msw';

import type { Answer } from '@/shared/api/types';

import { API, problem, server } from './server';

type Template = Answer<'/api/v1/report-templates', 'get'>['items'][number];

export const TEMPLATES = `${API}/report-templates`;
export const HEAD = '00000000-0000-4000-8000-000000000001';

/** What the gateway says of a template. */
export function makeTemplate(changes: Partial<Template> = {}): Template {
  return {
    id: HEAD,
    name: 'Head',
    modality: 'CT',
    body_part: 'HEAD',
    findings: 'The ventricles are of normal size.',
    impression: 'Normal.',
    recommendation: '',
    is_shared: false,
    is_mine: true,
    owner: 'Dr. Anna',
    revision: 1,
    ...changes,
  };
}

/** A gateway that keeps templates as the real one does. */
export class FakeTemplates {
  items: Template[];
  /** What was asked for: method, revision and body. */
  readonly asked: [string, string | null, unknown][] = [];

  constructor(items: Template[]) {
    this.items = items;
    server.use(
      http.get(TEMPLATES, () => HttpResponse.json({ items: this.items })),
      http.post(TEMPLATES, ({ request }) => this.#make(request)),
      http.patch(`${TEMPLATES}/:id`, ({ request, params }) =>
        this.#change(request, String(params.id)),
      ),
      http.delete(`${TEMPLATES}/:id`, ({ request, params }) =>
        this.#remove(request, String(params.id)),
      ),
    );
  }

  async #make(request: Request): Promise<Response> {
    const words = (await request.json()) as Template;
    this.asked.push(['POST', null, words]);
    if (this.items.some(({ name }) => name === words.name)) {
      return problem(409, 'template-name-taken', 'Taken', 'A template of this name exists.');
    }
    const made = makeTemplate({ ...words, id: 'new' });
    this.items = [...this.items, made];
    return HttpResponse.json(made, { status: 201 });
  }

  async #change(request: Request, id: string): Promise<Response> {
    const change = (await request.json()) as Partial<Template>;
    const found = this.#found('PATCH', request, id, change);
    if (found instanceof Response) return found;
    const changed = { ...found, ...change, revision: found.revision + 1 };
    this.items = this.items.map((one) => (one.id === id ? changed : one));
    return HttpResponse.json(changed);
  }

  #remove(request: Request, id: string): Response {
    const found = this.#found('DELETE', request, id);
    if (found instanceof Response) return found;
    this.items = this.items.filter((one) => one.id !== id);
    return new HttpResponse(null, { status: 204 });
  }

  #found(method: string, request: Request, id: string, body?: unknown): Template | Response {
    const seen = request.headers.get('If-Match');
    this.asked.push([method, seen, body]);
    const found = this.items.find((one) => one.id === id);
    if (!found) return problem(404, 'template-not-found', 'Gone', 'There is no such template.');
    if (seen === `"${found.revision}"`) return found;
    return problem(409, 'stale-edit', 'Stale', 'Load it again.');
  }
}
