/** The service worker's part of push messages: shows them, and opens what they are about. */
import { SHOW_PAGE } from '@/shared/workerMessages';

import { keptWorkerWords, type Said, type WorkerWords } from './workerWords';

/** What the gateway sends; nothing in it is about a patient. */
interface PushMessage {
  tag: string;
  type: string;
  page: string;
  /** The gateway's own sentence, in English. */
  message: string;
  at: string;
}

/** What this needs of a worker's world, whose types a page does not have. */
interface PushData {
  json: () => unknown;
}

interface AppWindow {
  postMessage: (message: unknown, transfer: Transferable[]) => void;
  focus: () => Promise<unknown>;
}

interface AppWindows {
  matchAll: (options: { type: 'window' }) => Promise<readonly unknown[]>;
  openWindow: (url: string) => Promise<unknown>;
}

/** How long a page may take to say that it does. */
const PATIENCE_MS = 700;
/** Their sentence says what the type leaves open. */
const IN_OWN_WORDS = new Set(['delivery_alert', 'webhook_alert']);
const ICON = '/icons/icon-192.png';

/** Show a message. Browsers demand that every one is shown; a repeated one takes the place of the first. */
export async function showPush(
  registration: ServiceWorkerRegistration,
  data: PushData | null,
): Promise<void> {
  const message = readMessage(data);
  const words = await keptWorkerWords().catch(() => null);
  const { title, detail } = saidOf(message, words);
  const isKnown = words?.said[message.type] !== undefined;
  await registration.showNotification(title, {
    body: detail,
    tag: message.tag,
    lang: isKnown ? words.lang : 'en',
    dir: isKnown ? words.dir : 'auto',
    icon: ICON,
    requireInteraction: message.type === 'critical_result',
    data: { page: message.page },
  });
}

/** Bring a window of the app to the front and have it show the page; open one where none does. */
export async function openFromPush(clients: AppWindows, data: unknown): Promise<void> {
  const page = pageIn(data);
  const windows = (await clients.matchAll({ type: 'window' })) as readonly AppWindow[];
  for (const client of windows) {
    if (await showsPage(client, page)) {
      await client.focus();
      return;
    }
  }
  await clients.openWindow(page);
}

function readMessage(data: PushData | null): PushMessage {
  const blank = { tag: 'relaypacs', type: '', page: '/notifications', message: '', at: '' };
  try {
    return { ...blank, ...(data?.json() as Partial<PushMessage> | undefined) };
  } catch {
    return blank;
  }
}

function saidOf({ type, message }: PushMessage, words: WorkerWords | null): Said {
  const said = words?.said[type];
  if (!said) return { title: 'RelayPACS', detail: message };
  return IN_OWN_WORDS.has(type) ? { ...said, detail: message } : said;
}

/** A path of the app, whatever the message says: nothing of another origin is opened. */
function pageIn(data: unknown): string {
  const page = (data as { page?: unknown } | null)?.page;
  return typeof page === 'string' && /^\/(?![/\\])/.test(page) ? page : '/notifications';
}

/** Ask a window to go there by itself: a navigation from here would throw away what somebody is writing in it. */
function showsPage(client: AppWindow, page: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    port1.onmessage = () => {
      clearTimeout(timer);
      resolve(true);
    };
    client.postMessage({ kind: SHOW_PAGE, page }, [port2]);
  });
}
