import { act, fireEvent, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { toasts } from '@/shared/toasts';

import Toaster from './Toaster';

const LASTS_MS = 8_000;

function showToaster() {
  return render(
    <MemoryRouter>
      <button>On the page</button>
      <Toaster />
    </MemoryRouter>,
  );
}

const tell = (title: string, more: object = {}) =>
  act(() => toasts.show({ tone: 'positive', title, ...more }));
const titles = () => toasts.shown().map(({ title }) => title);
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe('toasts', () => {
  it('are said politely, the critical ones at once', () => {
    showToaster();
    tell('It has arrived', { text: 'All of it.', link: { to: '/there', text: 'Open' } });
    tell('Read this', { tone: 'critical' });
    expect(screen.getByRole('status')).toHaveTextContent('It has arrived');
    expect(screen.getByRole('alert')).toHaveTextContent('Read this');
    expect(screen.getByRole('link', { name: 'Open' })).toHaveAttribute('href', '/there');
  });

  it('are three at most, and a critical one is the last to make room', () => {
    showToaster();
    tell('critical', { tone: 'critical' });
    ['a', 'b', 'c', 'd'].forEach((title) => tell(title));
    expect(titles()).toEqual(['critical', 'c', 'd']);
  });

  it('are put away by their button or by following their link', async () => {
    showToaster();
    tell('first');
    tell('second', { link: { to: '/there', text: 'Open' } });
    const [first] = screen.getAllByRole('button', { name: 'Close' });
    if (!first) throw new Error('no button');
    await userEvent.click(first);
    expect(titles()).toEqual(['second']);
    await userEvent.click(screen.getByRole('link', { name: 'Open' }));
    expect(titles()).toEqual([]);
  });

  it('are put away by Escape, and the focus goes on to the next one and then back', async () => {
    showToaster();
    tell('first');
    tell('second');
    await userEvent.tab();
    await userEvent.tab();
    await userEvent.keyboard('{Escape}');
    expect(titles()).toEqual(['second']);
    expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    expect(titles()).toEqual([]);
    expect(screen.getByRole('button', { name: 'On the page' })).toHaveFocus();
  });

  it('leave Escape to whoever has used it', () => {
    showToaster();
    tell('stays');
    const button = screen.getByRole('button', { name: 'On the page' });
    button.addEventListener('keydown', (event) => event.preventDefault());
    fireEvent.keyDown(button, { key: 'Escape' });
    expect(titles()).toEqual(['stays']);
  });

  it('go with the person whom they were for', () => {
    const { unmount } = showToaster();
    tell('secret');
    unmount();
    expect(titles()).toEqual([]);
  });
});

describe('the time of a toast', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends by itself, unless it is critical', async () => {
    showToaster();
    tell('short');
    tell('critical', { tone: 'critical' });
    await pass(LASTS_MS);
    expect(titles()).toEqual(['critical']);
  });

  it('stands still while somebody is occupied with it, or sees the page no more', async () => {
    showToaster();
    tell('held');
    const region = screen.getByRole('status');
    fireEvent.pointerEnter(region);
    await pass(LASTS_MS * 2);
    expect(titles()).toEqual(['held']);
    act(() => screen.getByRole('button', { name: 'Close' }).focus());
    fireEvent.pointerLeave(region);
    await pass(LASTS_MS * 2);
    expect(titles()).toEqual(['held']);
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    act(() => {
      screen.getByRole('button', { name: 'On the page' }).focus();
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await pass(LASTS_MS * 2);
    expect(titles()).toEqual(['held']);
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    await pass(LASTS_MS);
    expect(titles()).toEqual([]);
  });
});
