import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { recall } from '@/shared/kept/kept';
import { makeTokens } from '@/test/makeTokens';
import { makeUpload } from '@/test/makeUpload';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { API, answer, problem, server } from '@/test/server';
import { address, showApp } from '@/test/showApp';

import type { Upload } from '../api';
import { KEPT_LIST, NEWEST } from '../history';

const jane = { username: 'jane', full_name: 'Jane Doe', role: 'clinician' };

function named(patientName: string, changes: Partial<Upload> = {}): Upload {
  const upload = makeUpload(changes);
  return { ...upload, metadata: { ...upload.metadata, patient_name: patientName } };
}

/** Answer lists with these uploads; returns the queries that came. */
function answerList(...uploads: Upload[]): string[] {
  const asked: string[] = [];
  server.use(
    http.get(`${API}/upload`, ({ request }) => {
      asked.push(new URL(request.url).search);
      return HttpResponse.json({ items: uploads, next_cursor: null });
    }),
  );
  return asked;
}

function answerMe(me: object): void {
  server.use(http.get(`${API}/auth/me`, () => HttpResponse.json(me)));
}

/** From now on nobody answers, and the browser knows that it has no network. */
function loseNetwork(): void {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  server.use(http.all(`${API}/*`, () => HttpResponse.error()));
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  act(() => void window.dispatchEvent(new Event('offline')));
}

afterEach(sendingNowhere);

beforeEach(async () => {
  sendingElsewhere();
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens('user-jane'))));
  answerMe(jane);
  await session.begin(makeTokens('user-jane'));
});

describe('filters', () => {
  it('stand in the address, and are asked for', async () => {
    const asked = answerList();
    showApp('/uploads');
    const user = userEvent.setup();
    expect(await screen.findByText('No uploads yet')).toBeInTheDocument();
    await user.selectOptions(screen.getByLabelText('State'), 'Failed');
    await user.selectOptions(screen.getByLabelText('Priority'), 'STAT');
    await user.selectOptions(screen.getByLabelText('Modality'), 'X-ray (CR, DX)');
    expect(address()).toBe('/uploads?status=failed&priority=stat&modality=XR');
    await waitFor(() => expect(asked.at(-1)).toContain('status=failed'));
    expect(asked.at(-1)).toContain('service_level=stat');
    expect(asked.at(-1)).toContain('modality=XR');
  });

  it('come from the address', async () => {
    const asked = answerList(makeUpload());
    showApp('/uploads?status=completed&period=own&from=2026-01-01&to=2026-01-31');
    expect(await screen.findByText('1 upload')).toBeInTheDocument();
    expect(screen.getByLabelText('State')).toHaveValue('completed');
    expect(screen.getByLabelText('From')).toHaveValue('2026-01-01');
    expect(asked[0]).toContain('created_from=');
    expect(asked[0]).toContain('created_to=');
    fireEvent.change(screen.getByLabelText('To'), { target: { value: '2026-01-20' } });
    expect(address()).toContain('to=2026-01-20');
  });

  it('that leave nothing are named, and cleared at one press', async () => {
    const asked = answerList();
    showApp('/uploads?status=failed&priority=stat');
    const empty = await screen.findByRole('heading', { name: 'No upload fits' });
    const list = within(empty.parentElement ?? document.body).getByRole('list');
    expect(list).toHaveTextContent('State Failed');
    expect(list).toHaveTextContent('Priority STAT');
    answerList(named('ROE^RICHARD'));
    const buttons = screen.getAllByRole('button', { name: 'Clear search and filters' });
    expect(buttons).toHaveLength(2);
    for (const button of buttons.slice(1)) await userEvent.click(button);
    expect(await screen.findByText('ROE, RICHARD')).toBeInTheDocument();
    expect(address()).toBe('/uploads');
    expect(asked.length).toBeGreaterThan(0);
  });

  it('offer one’s own to who sees those of others, and say whose the others are', async () => {
    answerMe({ ...jane, role: 'radiographer' });
    const asked = answerList(named('ROE^RICHARD', { sender: 'Rosa Graf' }));
    showApp('/uploads');
    expect(await screen.findByText('by Rosa Graf')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('switch', { name: 'Only mine' }));
    expect(address()).toBe('/uploads?mine=yes');
    await waitFor(() => expect(asked.at(-1)).toContain('mine=true'));
  });

  it('do not offer it to who sees only the own', async () => {
    answerList(named('ROE^RICHARD', { sender: 'Jane Doe' }));
    showApp('/uploads');
    await screen.findByText('ROE, RICHARD');
    await screen.findByText('Signed in as Jane Doe');
    expect(screen.queryByRole('switch', { name: 'Only mine' })).not.toBeInTheDocument();
    expect(screen.queryByText('by Jane Doe')).not.toBeInTheDocument();
  });
});

describe('the search', () => {
  it('goes out in a body, once nobody types any more, and in no address', async () => {
    answerList(named('ROE^RICHARD'));
    const bodies = answer('post', '/upload/search', () =>
      HttpResponse.json({ items: [named('DOE^JANE')], next_cursor: null }),
    );
    showApp('/uploads?priority=routine');
    await screen.findByText('ROE, RICHARD');
    await userEvent.type(screen.getByRole('textbox', { name: 'Search' }), ' doe ja');
    expect(await screen.findByText('DOE, JANE')).toBeInTheDocument();
    expect(screen.queryByText('ROE, RICHARD')).not.toBeInTheDocument();
    expect(bodies).toEqual([
      expect.objectContaining({ q: 'doe ja', service_level: ['routine'], limit: 50 }),
    ]);
    expect(address()).toBe('/uploads?priority=routine');
    expect(screen.getByText('1 upload')).toHaveAttribute('role', 'status');
  });

  it('is cleared by its button, which gives the focus back', async () => {
    answerList(named('ROE^RICHARD'));
    answer('post', '/upload/search', () => HttpResponse.json({ items: [], next_cursor: null }));
    showApp('/uploads');
    await screen.findByText('ROE, RICHARD');
    const box = screen.getByRole('textbox', { name: 'Search' });
    await userEvent.type(box, 'nobody');
    expect(await screen.findByText('No upload fits')).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Clear the search' }));
    expect(await screen.findByText('ROE, RICHARD')).toBeInTheDocument();
    expect(box).toHaveFocus();
    expect(box).toHaveValue('');
  });

  it('is asked again while the gateway is unwell', async () => {
    answerList();
    const bodies = answer(
      'post',
      '/upload/search',
      () => problem(503, 'database-unavailable', 'Unavailable', ''),
      () => HttpResponse.json({ items: [named('DOE^JANE')], next_cursor: null }),
    );
    showApp('/uploads');
    await userEvent.type(await screen.findByRole('textbox', { name: 'Search' }), 'doe');
    expect(await screen.findByText('DOE, JANE')).toBeInTheDocument();
    expect(bodies).toHaveLength(2);
  });
});

describe('without network', () => {
  async function seen(...uploads: Upload[]): Promise<void> {
    answerList(...uploads);
    showApp('/uploads');
    await screen.findByText(`${uploads.length} uploads`);
    await screen.findByText('Signed in as Jane Doe');
    await vi.waitFor(async () => {
      expect(await recall(KEPT_LIST, NEWEST)).not.toBeNull();
      expect(await recall('profile', 'own')).not.toBeNull();
    });
  }

  async function startAgain(where = '/uploads'): Promise<void> {
    cleanup();
    loseNetwork();
    await session.restore();
    showApp(where);
  }

  it('the list is what it was, and says of when it is and who is signed in', async () => {
    await seen(named('DOE^JANE'), named('ROE^RICHARD'));
    await startAgain();
    expect(await screen.findByText('DOE, JANE')).toBeInTheDocument();
    expect(screen.getByText('ROE, RICHARD')).toBeInTheDocument();
    expect(screen.getByText(/^As of /)).toBeInTheDocument();
    expect(await screen.findByText('Signed in as Jane Doe')).toBeInTheDocument();
  });

  it('is searched and filtered as far as this device keeps it, and says so', async () => {
    await seen(named('DOE^JANE'), named('ROE^RICHARD', { status: 'failed', stage: 'rejected' }));
    await startAgain();
    await screen.findByText('DOE, JANE');
    await userEvent.type(screen.getByRole('textbox', { name: 'Search' }), 'richard');
    await waitFor(() => expect(screen.queryByText('DOE, JANE')).not.toBeInTheDocument());
    expect(await screen.findByText('ROE, RICHARD')).toBeInTheDocument();
    expect(screen.getByText(/Only what this device keeps was searched/)).toBeInTheDocument();
    await userEvent.selectOptions(screen.getByLabelText('State'), 'In the PACS');
    expect(await screen.findByText('No upload fits')).toBeInTheDocument();
  });

  it('and without the browser knowing of it, the list is there as well', async () => {
    await seen(named('DOE^JANE'), named('ROE^RICHARD'));
    cleanup();
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    server.use(http.all(`${API}/*`, () => HttpResponse.error()));
    await session.restore();
    showApp('/uploads');
    expect(await screen.findByText('DOE, JANE')).toBeInTheDocument();
    expect(screen.getByText('Being brought up to date…', { exact: false })).toBeInTheDocument();
    expect(await screen.findByText('The gateway did not answer')).toBeInTheDocument();
    expect(screen.getByText(/^The gateway does not answer: /)).toBeInTheDocument();
    expect(screen.getByText('DOE, JANE')).toBeInTheDocument();
  });

  it('an upload that stood in the list has its page', async () => {
    const upload = named('DOE^JANE');
    await seen(upload, named('ROE^RICHARD'));
    await startAgain(`/uploads/${upload.upload_id}`);
    expect(await screen.findByRole('heading', { name: 'DOE, JANE' })).toBeInTheDocument();
    expect(screen.getByText(/^As of /)).toBeInTheDocument();
  });

  it('nothing of it is left for whoever signs in next', async () => {
    await seen(named('DOE^JANE'), named('ROE^RICHARD'));
    await act(() => session.end('none'));
    await screen.findByLabelText('User name');
    await act(() => session.begin(makeTokens('user-jane')));
    await startAgain();
    expect((await screen.findAllByText(/You are offline/)).length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(screen.queryByText('DOE, JANE')).not.toBeInTheDocument();
  });
});
