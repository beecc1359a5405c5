import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { whilePresent } from './whilePresent';

const LONG_MS = 30 * 60_000;

let turns: AbortSignal[];
let stop: () => void;

const isOn = () => turns.at(-1)?.aborted === false;

function see(isSeen: boolean): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(isSeen ? 'visible' : 'hidden');
  document.dispatchEvent(new Event('visibilitychange'));
}

function connect(isOnline: boolean): void {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
  window.dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
}

beforeEach(() => {
  vi.useFakeTimers();
  turns = [];
  stop = whilePresent((signal) => {
    turns.push(signal);
    return Promise.resolve();
  });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

it('goes on while a page is hidden for a short time', () => {
  see(false);
  vi.advanceTimersByTime(LONG_MS - 1);
  see(true);
  vi.advanceTimersByTime(LONG_MS * 2);
  expect(turns).toHaveLength(1);
  expect(isOn()).toBe(true);
});

it('ends when a page is hidden for long, and begins anew when it is seen', () => {
  see(false);
  vi.advanceTimersByTime(LONG_MS);
  expect(isOn()).toBe(false);
  see(true);
  expect(turns).toHaveLength(2);
  expect(isOn()).toBe(true);
});

it('ends without network, and begins anew with it, also on a page that is hidden since shortly', () => {
  see(false);
  connect(false);
  expect(isOn()).toBe(false);
  connect(true);
  expect(turns).toHaveLength(2);
  connect(false);
  vi.advanceTimersByTime(LONG_MS);
  connect(true);
  expect(turns).toHaveLength(2);
});

it('ends for good when it is stopped', () => {
  stop();
  expect(isOn()).toBe(false);
  connect(true);
  see(true);
  expect(turns).toHaveLength(1);
});
