import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';

import type { Study } from '@/features/worklist/api';
import { session } from '@/shared/api/session';

import { makeReport } from './makeReport';
import { makeTokens } from './makeTokens';
import { API, problem, server } from './server';
import { showApp } from './showApp';

export const HILL = { id: '00000000-0000-4000-8000-0000000000aa', name: 'Hill Clinic' };
export const LAKE = { id: '00000000-0000-4000-8000-0000000000bb', name: 'Lake Hospital' };
export const RAY = { id: 'user-ray', username: 'ray', full_name: 'Dr. Ray', role: 'radiologist' };
export const ADA = { ...RAY, id: 'user-ada', full_name: 'Ada Admin', role: 'admin' };

export function named(name: string, changes: Partial<Study> = {}): Study {
  return makeReport({ patient_name: name, ...changes });
}

/** The gateway's worklist, as it is at each moment, with what it was asked. */
export class FakeWorklist {
  studies: Study[] = [];
  readonly asked: URLSearchParams[] = [];

  constructor() {
    server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-ray'))));
  }

  /** Show the app at an address to somebody who has just signed in. */
  async open(where = '/worklist', me: object = RAY): Promise<void> {
    server.use(
      http.get(`${API}/auth/me`, () => HttpResponse.json(me)),
      http.get(`${API}/reports/sites`, () => HttpResponse.json([HILL, LAKE])),
      http.get(`${API}/reports`, ({ request }) => {
        this.asked.push(new URL(request.url).searchParams);
        return HttpResponse.json({ items: this.studies, next_cursor: null });
      }),
      http.get(`${API}/reports/:id`, () => problem(404, 'report-not-found', 'Not found', '')),
    );
    await session.begin(makeTokens('user-ray'));
    showApp(where);
    await screen.findByRole('heading', { level: 1 });
  }
}
