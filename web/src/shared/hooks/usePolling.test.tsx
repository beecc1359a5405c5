import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { usePolling } from './usePolling';

const EVERY_MS = 4_000;

function setVisible(visible: boolean): Promise<void> {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visible ? 'visible' : 'hidden');
  return act(async () => {
    document.dispatchEvent(new Event('visibilitychange'));
    await Promise.resolve();
  });
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe('usePolling', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('runs at once and then at its pace', async () => {
    const poll = vi.fn(() => Promise.resolve());
    renderHook(() => usePolling(poll, EVERY_MS));
    expect(poll).toHaveBeenCalledTimes(1);
    await pass(EVERY_MS * 2);
    expect(poll).toHaveBeenCalledTimes(3);
  });

  it('rests while the page is hidden, and catches up when it is seen again', async () => {
    const poll = vi.fn(() => Promise.resolve());
    renderHook(() => usePolling(poll, EVERY_MS));
    await pass(0);
    await setVisible(false);
    await pass(EVERY_MS * 10);
    expect(poll).toHaveBeenCalledTimes(1);
    await setVisible(true);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('never has two runs at once', async () => {
    const poll = vi.fn(() => new Promise<void>((resolve) => setTimeout(resolve, EVERY_MS * 3)));
    renderHook(() => usePolling(poll, EVERY_MS));
    await pass(EVERY_MS * 3 + 1);
    expect(poll).toHaveBeenCalledTimes(1);
    await pass(EVERY_MS);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('runs once where there is nothing to wait for, and again when asked', async () => {
    const poll = vi.fn(() => Promise.resolve());
    const { result } = renderHook(() => usePolling(poll, null));
    await pass(EVERY_MS * 10);
    expect(poll).toHaveBeenCalledTimes(1);
    act(() => result.current());
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('tells a run that its page is gone', () => {
    const signals: AbortSignal[] = [];
    const { unmount } = renderHook(() =>
      usePolling((signal) => {
        signals.push(signal);
        return Promise.resolve();
      }, EVERY_MS),
    );
    unmount();
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });
});
