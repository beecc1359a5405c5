import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SHOW_PAGE } from '@/shared/workerMessages';

import { openFromPush, showPush } from './pushWorker';
import type { WorkerWords } from './workerWords';

const WORDS: WorkerWords = {
  lang: 'ar',
  dir: 'rtl',
  said: {
    critical_result: { title: 'نتيجة حرجة', detail: 'اقرأ' },
    delivery_alert: { title: 'مستجدات التسليم', detail: '' },
  },
};
const MESSAGE = {
  tag: 'n-1',
  type: 'critical_result',
  page: '/reports/7',
  message: 'A result is critical.',
  at: '2026-01-14T09:30:00Z',
};

function keeping(words: WorkerWords | null): void {
  vi.stubGlobal('caches', {
    match: () => Promise.resolve(words ? Response.json(words) : undefined),
  });
}

async function shown(body: string): Promise<[string, NotificationOptions]> {
  const showNotification = vi.fn<ServiceWorkerRegistration['showNotification']>();
  await showPush({ showNotification } as unknown as ServiceWorkerRegistration, {
    json: () => JSON.parse(body) as unknown,
  });
  const [title, options] = showNotification.mock.calls[0] ?? [];
  if (title === undefined || !options) throw new Error('nothing was shown');
  return [title, options];
}

beforeEach(() => keeping(WORDS));

describe('a push message', () => {
  it('is shown in the language that the page has kept the words of', async () => {
    const [title, options] = await shown(JSON.stringify(MESSAGE));
    expect(title).toBe('نتيجة حرجة');
    expect(options).toMatchObject({
      body: 'اقرأ',
      tag: 'n-1',
      lang: 'ar',
      dir: 'rtl',
      requireInteraction: true,
      data: { page: '/reports/7' },
    });
  });

  it('is in the words of the gateway where no page has kept any, or none of its type', async () => {
    const news = { ...MESSAGE, type: 'newer_than_this', message: 'Something new.' };
    expect(await shown(JSON.stringify(news))).toMatchObject([
      'RelayPACS',
      { body: 'Something new.', lang: 'en', dir: 'auto' },
    ]);
    keeping(null);
    expect(await shown(JSON.stringify(MESSAGE))).toMatchObject([
      'RelayPACS',
      { body: 'A result is critical.', lang: 'en' },
    ]);
  });

  it('says of deliveries what only the gateway can say', async () => {
    const news = { ...MESSAGE, type: 'delivery_alert', message: '“Archive” fails.' };
    expect(await shown(JSON.stringify(news))).toMatchObject([
      'مستجدات التسليم',
      { body: '“Archive” fails.' },
    ]);
  });

  it('is shown even when nothing of it can be read: browsers punish silence', async () => {
    expect(await shown('not JSON')).toMatchObject([
      'RelayPACS',
      { data: { page: '/notifications' } },
    ]);
  });
});

class FakeWindow {
  readonly focus = vi.fn(() => Promise.resolve(this));
  readonly asked: unknown[] = [];

  readonly #answers: boolean;

  constructor(answers: boolean) {
    this.#answers = answers;
  }

  postMessage(message: unknown, [port]: [MessagePort]): void {
    this.asked.push(message);
    if (this.#answers) port.postMessage(true);
  }
}

async function pressed(data: unknown, ...windows: FakeWindow[]) {
  const openWindow = vi.fn<(url: string) => Promise<null>>(() => Promise.resolve(null));
  const clients = { matchAll: () => Promise.resolve(windows), openWindow };
  await openFromPush(clients, data);
  return openWindow;
}

describe('pressing one', () => {
  afterEach(() => vi.useRealTimers());

  it('has a window of the app show the page, without a navigation', async () => {
    const window = new FakeWindow(true);
    const openWindow = await pressed({ page: '/reports/7' }, window);
    expect(window.asked).toEqual([{ kind: SHOW_PAGE, page: '/reports/7' }]);
    expect(window.focus).toHaveBeenCalledOnce();
    expect(openWindow).not.toHaveBeenCalled();
  });

  it('opens one where there is none, or none answers', async () => {
    expect(await pressed({ page: '/uploads/9' })).toHaveBeenCalledWith('/uploads/9');
    const signedOut = new FakeWindow(false);
    expect(await pressed({ page: '/uploads/9' }, signedOut)).toHaveBeenCalledWith('/uploads/9');
    expect(signedOut.focus).not.toHaveBeenCalled();
  });

  it.each([['https://evil.example/'], ['//evil.example'], ['/\\evil.example'], [7], [undefined]])(
    'opens nothing but a page of the app: %s',
    async (page) => {
      expect(await pressed({ page })).toHaveBeenCalledWith('/notifications');
    },
  );
});
