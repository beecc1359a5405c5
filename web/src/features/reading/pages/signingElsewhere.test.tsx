import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { REPORT, type FakeReading } from '@/test/fakeReading';
import { answer, API, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';
import { beginReading, endReading, findings, openStudy, press } from '@/test/showReading';

const KEY = 'relaypacs-single-sign-on';
const RETURN = '/sign-in/oidc?code=abc&state=def';

let gateway: FakeReading;
/** What the gateway is given to sign with. */
let proofs: unknown[];

beforeEach(async () => {
  sessionStorage.clear();
  window.location.hash = '';
  gateway = await beginReading();
  proofs = [];
  server.use(
    http.get(`${API}/auth/oidc`, () => HttpResponse.json({ enabled: true, name: 'Hospital ID' })),
    http.post(`${API}/auth/oidc/start`, ({ request }) => {
      expect(new URL(request.url).searchParams.get('again')).toBe('true');
      return HttpResponse.json({ authorization_url: '#provider', flow: 'flow-1' });
    }),
  );
});
afterEach(async () => {
  await endReading();
  sessionStorage.clear();
});

/** Write, ask to sign as preliminary, and go to the other system to prove who it is. */
async function goAway(): Promise<void> {
  openStudy();
  await userEvent.type(await findings(), 'No bleeding.');
  await press('Sign…');
  await userEvent.click(await screen.findByRole('radio', { name: /Preliminary/ }));
  await press('Prove it with Hospital ID');
  await waitFor(() => expect(window.location.hash).toBe('#provider'));
  cleanup();
}

async function dialog() {
  return within(await screen.findByRole('dialog', { name: 'Sign a preliminary report' }));
}

describe('signing without a password here', () => {
  it('goes to the other system, and on where it was with what came back', async () => {
    await goAway();
    expect(JSON.parse(sessionStorage.getItem(KEY) ?? '')).toEqual({
      flow: 'flow-1',
      returnTo: `/reports/${REPORT}`,
      proves: 'preliminary',
    });
    const signedIn = answer('post', '/auth/oidc/finish', () => HttpResponse.json({}));
    server.use(
      http.post(`${API}/reports/${REPORT}/sign`, async ({ request }) => {
        proofs.push(await request.clone().json());
        return undefined; // the gateway of this test answers
      }),
    );
    showApp(RETURN);
    const open = await dialog();
    expect(address()).toBe(`/reports/${REPORT}`);
    expect(await open.findByText('No bleeding.')).toBeVisible();
    expect(open.queryByLabelText('Your password')).not.toBeInTheDocument();
    await userEvent.click(open.getByRole('button', { name: 'Sign as preliminary' }));
    expect(await screen.findByRole('heading', { name: 'Preliminary report 1' })).toBeVisible();
    expect(proofs).toEqual([
      { kind: 'preliminary', single_sign_on: { flow: 'flow-1', code: 'abc', state: 'def' } },
    ]);
    // It proves who it is, and signs nobody in.
    expect(signedIn).toEqual([]);
  });

  it('says that the other system has refused, and keeps the text', async () => {
    await goAway();
    showApp('/sign-in/oidc?error=access_denied');
    const open = await dialog();
    expect(open.getByText('That does not prove who you are')).toBeVisible();
    expect(open.getByLabelText('Your password')).toBeVisible();
    expect(await findings()).toHaveValue('No bleeding.');
  });

  it('says that the gateway has refused it, and offers to go there again', async () => {
    await goAway();
    gateway.faults.sign = [() => problem(422, 'proof-refused', 'Proof refused', 'No.')];
    showApp(RETURN);
    const open = await dialog();
    await userEvent.click(open.getByRole('button', { name: 'Sign as preliminary' }));
    expect(await open.findByText('That does not prove who you are')).toBeVisible();
    expect(await open.findByRole('button', { name: 'Prove it with Hospital ID' })).toBeVisible();
  });

  it('is asked for once: a reload has nothing to sign with', async () => {
    await goAway();
    showApp(RETURN);
    await dialog();
    cleanup();
    openStudy();
    await findings();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });
});
