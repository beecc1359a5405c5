import { act, cleanup, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { vi } from 'vitest';

import { database } from '@/features/reading/drafts/database';
import { session } from '@/shared/api/session';

import { FakeReading, READER, REPORT } from './fakeReading';
import { makeTokens } from './makeTokens';
import { sendingElsewhere, sendingNowhere } from './otherTab';
import { API, server } from './server';
import { showApp } from './showApp';

/** Sign the radiologist in, who has nothing on this device; return the gateway with one study. */
export async function beginReading(): Promise<FakeReading> {
  sendingElsewhere();
  server.use(http.post(`${API}/auth/refresh`, () => HttpResponse.json(makeTokens(READER.id))));
  await session.begin(makeTokens(READER.id));
  await database.drafts.clear();
  return new FakeReading();
}

/** Leave the page, and let what it says on leaving arrive. */
export async function endReading(): Promise<void> {
  cleanup();
  await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
  sendingNowhere();
}

const LAST_WORDS_MS = 50;

/** Show the study to the radiologist, or to somebody else. */
export function openStudy(who: object = READER): void {
  server.use(http.get(`${API}/auth/me`, () => HttpResponse.json(who)));
  showApp(`/reports/${REPORT}`);
}

export function goOffline(offline: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(!offline);
  act(() => void window.dispatchEvent(new Event(offline ? 'offline' : 'online')));
}

export const findings = () => screen.findByLabelText('Findings');
export const saved = () => screen.findAllByText(/^Saved /);

export async function press(name: string | RegExp): Promise<void> {
  await userEvent.click(await screen.findByRole('button', { name }));
}
