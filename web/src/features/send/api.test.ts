import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { makeUpload } from '@/test/makeUpload';
import { API, rotatingTokens, server } from '@/test/server';

import { findEarlierUploads } from './api';

const signal = new AbortController().signal;

async function signIn() {
  rotatingTokens();
  await session.begin({ access_token: 'access', refresh_token: 'refresh-0' });
}

describe('findEarlierUploads', () => {
  it('asks for the study, and passes over what failed', async () => {
    await signIn();
    const asked: unknown[] = [];
    const sent = makeUpload();
    server.use(
      http.post(`${API}/upload/search`, async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json({
          items: [makeUpload({ status: 'failed', stage: 'cancelled' }), sent],
          next_cursor: null,
        });
      }),
    );
    expect(await findEarlierUploads('1.2.3', signal)).toEqual([sent]);
    expect(asked).toMatchObject([{ limit: 5, study_instance_uid: '1.2.3' }]);
  });

  it('does not know while the gateway refuses', async () => {
    await signIn();
    server.use(http.post(`${API}/upload/search`, () => new HttpResponse(null, { status: 500 })));
    expect(await findEarlierUploads('1.2.3', signal)).toBeNull();
  });
});
