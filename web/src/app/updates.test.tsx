import { act, cleanup, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { TAKE_OVER } from '@/shared/workerMessages';

class Worker extends EventTarget {
  readonly postMessage = vi.fn();
}

/** A registration as the browser keeps it, with what it does when a new version has been fetched. */
class Registration extends EventTarget {
  active: Worker | null = null;
  installing: Worker | null = null;
  waiting: Worker | null = null;
  readonly update = vi.fn(() => Promise.resolve());

  install(): Worker {
    const worker = new Worker();
    this.installing = worker;
    this.dispatchEvent(new Event('updatefound'));
    this.installing = null;
    this.waiting = worker;
    worker.dispatchEvent(new Event('statechange'));
    return worker;
  }
}

class Container extends EventTarget {
  controller: Worker | null = null;
  readonly registration = new Registration();
  readonly register = vi.fn(() => Promise.resolve(this.registration));

  takeOver(): void {
    this.controller = this.registration.waiting ?? new Worker();
    this.dispatchEvent(new Event('controllerchange'));
  }
}

let container: Container;
let reload: ReturnType<typeof vi.fn>;

/** Show the notice, with a state of its own, and follow the service worker. Returns what holds up an update. */
async function showNotice(): Promise<() => () => void> {
  vi.resetModules();
  const [{ UpdateNotice }, { updates }, { busy }] = await Promise.all([
    import('./UpdateNotice'),
    import('./updates'),
    import('@/shared/busy'),
  ]);
  render(<UpdateNotice />);
  await act(() => updates.start());
  return () => busy.hold();
}

/** A new version has been fetched. */
function install(): Worker {
  let fresh = new Worker();
  act(() => {
    fresh = container.registration.install();
  });
  return fresh;
}

beforeEach(() => {
  container = new Container();
  reload = vi.fn();
  vi.stubGlobal('location', { reload });
  Object.defineProperty(navigator, 'serviceWorker', { value: container, configurable: true });
});

afterEach(() => {
  Reflect.deleteProperty(navigator, 'serviceWorker');
  sessionStorage.clear();
  vi.useRealTimers();
});

describe('a new version', () => {
  it('is not what comes first of all', async () => {
    await showNotice();
    install();
    act(() => container.takeOver());
    expect(screen.getByRole('status')).toBeEmptyDOMElement();
    expect(reload).not.toHaveBeenCalled();
  });

  it('waits until it is asked for, and is then shown', async () => {
    container.registration.active = new Worker();
    container.controller = container.registration.active;
    await showNotice();
    const fresh = install();
    expect(screen.getByRole('status')).toHaveTextContent('A new version is ready.');
    expect(fresh.postMessage).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Update' }));
    expect(fresh.postMessage).toHaveBeenCalledWith(TAKE_OVER);
    act(() => container.takeOver());
    expect(reload).toHaveBeenCalledOnce();
  });

  it('was there before the page: it is found too', async () => {
    container.registration.active = new Worker();
    container.registration.waiting = new Worker();
    await showNotice();
    expect(screen.getByRole('button', { name: 'Update' })).toBeVisible();
  });

  it('waits for what is being sent, also when it was asked for', async () => {
    container.registration.active = new Worker();
    const hold = await showNotice();
    const release = hold();
    const fresh = install();
    await userEvent.click(screen.getByRole('button', { name: 'Update when sending has finished' }));
    expect(screen.getByRole('status')).toHaveTextContent('as soon as sending has finished');
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
    expect(fresh.postMessage).not.toHaveBeenCalled();
    release();
    await vi.waitFor(() => expect(fresh.postMessage).toHaveBeenCalledWith(TAKE_OVER));
  });

  it('is put in place after all where the browser put it off, and not tried without end', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    container.registration.active = new Worker();
    await showNotice();
    const fresh = install();
    await userEvent.click(await screen.findByRole('button', { name: 'Update' }));
    await vi.advanceTimersByTimeAsync(5_000);
    for (const asked of [2, 3]) {
      expect(reload).toHaveBeenCalledTimes(asked - 1);
      cleanup();
      await showNotice();
      await vi.waitFor(() => expect(fresh.postMessage).toHaveBeenCalledTimes(asked));
      await vi.advanceTimersByTimeAsync(5_000);
    }
    cleanup();
    await showNotice();
    expect(await screen.findByRole('button', { name: 'Update' })).toBeVisible();
    expect(fresh.postMessage).toHaveBeenCalledTimes(3);
  });

  it('is not pressed upon who did not ask: another tab leaves this one as it is', async () => {
    container.registration.active = new Worker();
    container.controller = container.registration.active;
    await showNotice();
    act(() => container.takeOver());
    expect(reload).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Update' }));
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe('browsers without service workers', () => {
  it('have none, and no errors', async () => {
    Reflect.deleteProperty(navigator, 'serviceWorker');
    await showNotice();
    expect(screen.getByRole('status')).toBeEmptyDOMElement();
  });

  it('may also refuse it', async () => {
    vi.spyOn(console, 'info').mockImplementation(() => undefined);
    container.register.mockRejectedValue(new DOMException('denied', 'SecurityError'));
    await showNotice();
    expect(screen.getByRole('status')).toBeEmptyDOMElement();
  });
});
