import { http, HttpResponse } from 'msw';

import type { Invitation, Site, User } from '@/features/people/api';

import { API, problem, server } from './server';

export const SITE = '00000000-0000-7000-8000-0000000000a1';
export const OTHER_SITE = '00000000-0000-7000-8000-0000000000a2';
export const ROOT = '00000000-0000-7000-8000-000000000001';
export const ROSA = '00000000-0000-7000-8000-000000000002';

/** What the gateway says of an account. */
export function makeUser(changes: Partial<User> = {}): User {
  return {
    id: ROSA,
    username: 'dr.rosa',
    email: 'rosa@example.org',
    full_name: 'Dr. Rosa',
    role: 'clinician',
    state: 'active',
    site_id: SITE,
    totp_enabled: false,
    has_password: true,
    last_sign_in_at: '2026-01-14T09:30:00Z',
    created_at: '2026-01-10T08:00:00Z',
    version: 1,
    ...changes,
  };
}

export function makeSite(changes: Partial<Site> = {}): Site {
  return {
    id: SITE,
    name: 'North',
    version: 1,
    created_at: '2026-01-01T08:00:00Z',
    users: 2,
    ...changes,
  };
}

export function makeInvitation(changes: Partial<Invitation> = {}): Invitation {
  return {
    id: '00000000-0000-7000-8000-0000000000b1',
    email: 'new@example.org',
    role: 'radiologist',
    site_id: SITE,
    state: 'open',
    created_by: ROOT,
    created_by_name: 'Root',
    accepted_by: null,
    accepted_by_name: null,
    created_at: '2026-01-14T08:00:00Z',
    expires_at: '2026-01-21T08:00:00Z',
    version: 1,
    ...changes,
  };
}

const LINK = { url: '/reset-password#secret', token: 'secret', expires_at: '2026-01-15T08:00:00Z' };

interface Versioned {
  id: string;
  version: number;
}

/** A gateway that keeps people, sites and invitations as the real one does. */
export class FakePeople {
  users: User[];
  sites: Site[] = [makeSite(), makeSite({ id: OTHER_SITE, name: 'South', users: 0 })];
  invitations: Invitation[] = [];
  sessions: object[] = [];
  /** What was asked for: method, path, revision and body. */
  readonly asked: [string, string, string | null, unknown][] = [];
  /** The queries of the list of users. */
  readonly looks: string[] = [];

  constructor(users: User[]) {
    this.users = users;
    server.use(...this.#users(), ...this.#sites(), ...this.#invitations());
  }

  #users() {
    const one = `${API}/users/:id`;
    return [
      http.get(`${API}/users/counts`, () => HttpResponse.json(this.#counts())),
      http.get(`${API}/users`, ({ request }) => this.#list(new URL(request.url))),
      http.post(`${API}/users`, ({ request }) => this.#create(request)),
      http.get(one, ({ params }) => {
        const user = this.users.find(({ id }) => id === params.id);
        return user ? HttpResponse.json(user) : problem(404, 'user-not-found', 'No', 'No such.');
      }),
      http.patch(one, async ({ request, params }) => {
        const changed = await this.#changed(request, this.users, String(params.id));
        if (changed instanceof Response) return changed;
        this.users = this.users.map((user) => (user.id === changed.id ? changed : user));
        return HttpResponse.json(changed);
      }),
      http.post(`${one}/reset-password`, ({ request }) => {
        this.#note(request, null);
        return HttpResponse.json(LINK, { status: 201 });
      }),
      http.get(`${one}/sessions`, () => HttpResponse.json({ items: this.sessions })),
      http.delete(`${one}/sessions`, ({ request }) => {
        this.#note(request, null);
        this.sessions = [];
        return new HttpResponse(null, { status: 204 });
      }),
    ];
  }

  #sites() {
    return [
      http.get(`${API}/reports/sites`, () => HttpResponse.json(this.sites)),
      http.get(`${API}/sites`, ({ request }) => {
        const text = new URL(request.url).searchParams.get('q') ?? '';
        const items = this.sites.filter(({ name }) => name.toLowerCase().includes(text));
        return HttpResponse.json({ items, next_cursor: null });
      }),
      http.get(`${API}/sites/:id`, ({ params }) =>
        HttpResponse.json(this.sites.find(({ id }) => id === params.id)),
      ),
      http.post(`${API}/sites`, async ({ request }) => {
        const { name } = (await request.clone().json()) as Site;
        this.#note(request, { name });
        if (this.sites.some((site) => site.name === name)) {
          return problem(409, 'site-name-taken', 'Taken', 'A site of this name exists.');
        }
        const made = makeSite({ id: 'new', name, users: 0 });
        this.sites = [...this.sites, made];
        return HttpResponse.json(made, { status: 201 });
      }),
      http.patch(`${API}/sites/:id`, async ({ request, params }) => {
        const changed = await this.#changed(request, this.sites, String(params.id));
        if (changed instanceof Response) return changed;
        this.sites = this.sites.map((site) => (site.id === changed.id ? changed : site));
        return HttpResponse.json(changed);
      }),
    ];
  }

  #invitations() {
    return [
      http.get(`${API}/invitations`, ({ request }) => {
        const state = new URL(request.url).searchParams.get('state');
        const items = this.invitations.filter((one) => !state || one.state === state);
        return HttpResponse.json({ items, next_cursor: null });
      }),
      http.post(`${API}/invitations`, async ({ request }) => {
        const facts = (await request.clone().json()) as Partial<Invitation>;
        this.#note(request, facts);
        const made = makeInvitation({ ...facts, id: `new-${this.invitations.length}` });
        this.invitations = [made, ...this.invitations];
        const link = { ...LINK, url: '/invitation#secret' };
        return HttpResponse.json({ ...made, link }, { status: 201 });
      }),
      http.patch(`${API}/invitations/:id`, ({ request, params }) => {
        this.#note(request, null);
        const found = this.invitations.find(({ id }) => id === params.id);
        if (found?.state !== 'open') {
          return problem(409, 'invitation-closed', 'Closed', 'This invitation was accepted.');
        }
        const revoked = { ...found, state: 'revoked' as const };
        this.invitations = this.invitations.map((one) => (one.id === found.id ? revoked : one));
        return HttpResponse.json(revoked);
      }),
    ];
  }

  #counts() {
    const count = (state: User['state']) =>
      this.users.filter((user) => user.state === state).length;
    return { pending: count('pending'), active: count('active'), disabled: count('disabled') };
  }

  #list({ search, searchParams }: URL): Response {
    this.looks.push(search);
    const state = searchParams.get('state');
    const text = searchParams.get('q') ?? '';
    const items = this.users.filter(
      (user) => (!state || user.state === state) && user.username.includes(text),
    );
    return HttpResponse.json({ items, next_cursor: null });
  }

  async #create(request: Request): Promise<Response> {
    const facts = (await request.clone().json()) as Partial<User>;
    this.#note(request, facts);
    if (this.users.some(({ username }) => username === facts.username)) {
      return problem(409, 'username-taken', 'Taken', 'This user name is taken.');
    }
    const made = makeUser({ ...facts, id: '00000000-0000-7000-8000-000000000009' });
    this.users = [made, ...this.users];
    return HttpResponse.json({ ...made, link: LINK }, { status: 201 });
  }

  #note(request: Request, body: unknown): void {
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    this.asked.push([request.method, path, request.headers.get('If-Match'), body]);
  }

  async #changed<T extends Versioned>(
    request: Request,
    rows: T[],
    id: string,
  ): Promise<T | Response> {
    const change = (await request.clone().json()) as Partial<T>;
    this.#note(request, change);
    const found = rows.find((row) => row.id === id);
    if (!found) return problem(404, 'user-not-found', 'No', 'No such.');
    const seen = request.headers.get('If-Match');
    if (seen !== null && seen !== `"${found.version}"`) {
      return problem(409, 'stale-edit', 'Changed meanwhile', 'Load it again.');
    }
    const given = Object.entries(change).filter(([, value]) => value !== null);
    return { ...found, ...(Object.fromEntries(given) as Partial<T>), version: found.version + 1 };
  }
}
