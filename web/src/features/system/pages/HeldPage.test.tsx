import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { makeTokens } from '@/test/makeTokens';
import { makeUpload } from '@/test/makeUpload';
import { API, problem, server } from '@/test/server';
import { showApp } from '@/test/showApp';

import type { HeldUpload } from '../api';

const held = (patient: string, changes: Partial<HeldUpload> = {}) => {
  const upload = makeUpload({ status: 'processing', stage: 'held', ...changes });
  return { ...upload, metadata: { ...upload.metadata, patient_name: patient } };
};

/** A gateway with these pages of held uploads, the newest first, and somebody in this role. */
function open(...pages: HeldUpload[][]) {
  server.use(
    http.get(`${API}/auth/me`, () =>
      HttpResponse.json({ username: 'anna', full_name: 'Anna', role: 'admin' }),
    ),
    http.get(`${API}/upload`, ({ request }) => {
      const asked = new URL(request.url).searchParams;
      if (asked.get('stage') !== 'held') return problem(400, 'validation-error', 'Wrong', '');
      const index = Number(asked.get('cursor') ?? 0);
      const next = index + 1 < pages.length ? String(index + 1) : null;
      return HttpResponse.json({ items: pages[index], next_cursor: next });
    }),
  );
  showApp('/admin/held');
}

beforeEach(async () => {
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-anna'))));
  await session.begin(makeTokens('user-anna'));
});

describe('the page of held studies', () => {
  it('shows those of all pages, the one first that waits longest', async () => {
    const reasons = [{ code: 'several-patients', detail: '' }];
    const newest = held('NEW^NORA');
    open(
      [newest],
      [held('OLD^OTTO', { warnings: reasons, site: 'Clinic in the hills', sender: 'Dr. Rosa' })],
    );
    expect(await screen.findByText('2 studies to decide on')).toBeVisible();
    const [, first, second] = screen.getAllByRole('row');
    expect(first).toHaveTextContent('OLD, OTTO');
    expect(first).toHaveTextContent('Files of several patients');
    expect(first).toHaveTextContent('Clinic in the hills');
    expect(first).toHaveTextContent('Dr. Rosa');
    expect(second).toHaveTextContent('Its page says why');
    expect(screen.getByRole('link', { name: 'NEW, NORA' })).toHaveAttribute(
      'href',
      `/uploads/${newest.upload_id}`,
    );
  });

  it('says that there is nothing to decide, and what would be', async () => {
    open([]);
    expect(await screen.findByText('Nothing to decide')).toBeVisible();
    expect(screen.getByText(/A study is held when/)).toBeVisible();
  });

  it('says why the list could not be had', async () => {
    open();
    server.use(http.get(`${API}/upload`, () => problem(500, 'internal', 'Broken', 'It broke.')));
    expect(await screen.findByText('It broke.')).toBeVisible();
    expect(screen.queryByText('Nothing to decide')).toBeNull();
  });
});
