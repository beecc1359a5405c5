import { followEvents } from '@/shared/api/events';
import { ApiError, SessionEndedError, UnreachableError } from '@/shared/api/problem';
import { busy } from '@/shared/busy';
import { pause } from '@/shared/pause';
import { whilePresent } from '@/shared/whilePresent';
import { worklistNews } from '@/shared/worklistNews';

import {
  fetchNotifications,
  HEARTBEAT_MS,
  itemFrom,
  markAllRead,
  markRead,
  STREAM,
  type NotificationPage,
} from './api';
import {
  afterNews,
  isOlder,
  newerThan,
  NOTHING_KNOWN,
  RECENT,
  type News,
  type Overview,
} from './news';

/** One tab of a device listens to the stream, and tells the others. */
const LOCK = 'relaypacs-notifications';
const CHANNEL = 'relaypacs-notifications';
/** How often the list is asked for where no stream comes through, and where the first answer failed. */
const POLL_MS = 30_000;
/** Of so many times one is taken where the stream does come through: it does not tell what was read elsewhere. */
const POLLS_SKIPPED = 10;
/**
 * How often to look whether a study is being sent. Over HTTP/1.1 browsers have six connections for one server: sending
 * takes five, and the one that is left must not be kept by a stream that mostly says nothing.
 */
const LOOK_MS = 3_000;
/** What the stream says to who reads, and a tab to the others: that the worklist has changed. */
const WORKLIST = 'worklist';

interface Message {
  /** Whom it is for: tabs change from one person to another at different moments. */
  owner: string;
  news: News | typeof WORKLIST;
}

/** What one person is told, as this tab knows it: at once where the stream comes through, else within half a minute. */
export class NotificationFeed {
  readonly #owner: string;
  #overview = NOTHING_KNOWN;
  #marking = new Map<string, Promise<void>>();
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #listeners = new Set<() => void>();
  readonly #hearers = new Set<(news: News) => void>();
  readonly #stop: () => void;
  #isLive = false;
  #isClosed = false;

  constructor(owner: string) {
    this.#owner = owner;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.owner !== owner) return;
      // Two tabs may cross: what the other one has asked for can be older than what is known here.
      const { news } = data;
      if (news === WORKLIST) worklistNews.tell();
      else if (news.kind !== 'refreshed' || !isOlder(news.page, this.#overview)) this.#apply(news);
    };
    this.#stop = whilePresent((signal) => this.#attend(signal));
  }

  readonly overview = (): Overview => this.#overview;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hear what changes, here or in another tab. Returns how to stop. */
  readonly onNews = (hear: (news: News) => void): (() => void) => {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  };

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#channel.close();
  }

  /** Raises as `post`. Nothing is shown as read that the gateway does not know to be. */
  markRead(id: string): Promise<void> {
    const under = this.#marking.get(id) ?? this.#markRead(id);
    this.#marking.set(id, under);
    return under.finally(() => this.#marking.delete(id));
  }

  async markAllRead(): Promise<void> {
    await markAllRead();
    this.#tell({ kind: 'all-read' });
  }

  async #markRead(id: string): Promise<void> {
    await markRead(id);
    const isRecent = this.#overview.recent.some((item) => item.id === id);
    this.#tell({ kind: 'read', id });
    // Whether one that is so old was unread only the gateway knows.
    if (!isRecent) await this.#tryRefresh(new AbortController().signal);
  }

  async #attend(signal: AbortSignal): Promise<void> {
    while (!(await this.#tryRefresh(signal))) {
      if (signal.aborted) return;
      await pause(POLL_MS, signal);
    }
    if (signal.aborted) return;
    // Whoever listens may be a tab that the system has stopped in the background.
    const look = () => {
      if (document.visibilityState === 'visible') void this.#tryRefresh(signal);
    };
    document.addEventListener('visibilitychange', look);
    try {
      await inTurn(() => this.#lead(signal), signal);
    } finally {
      document.removeEventListener('visibilitychange', look);
    }
  }

  /** Listen for all tabs until the signal ends: to the stream, or to the list while that is better. */
  async #lead(signal: AbortSignal): Promise<void> {
    let skipped = 0;
    const polling = setInterval(() => {
      skipped = this.#isLive ? (skipped + 1) % POLLS_SKIPPED : 0;
      if (skipped === 0) void this.#tryRefresh(signal);
    }, POLL_MS);
    const isOver = () => signal.aborted;
    try {
      while (!isOver()) {
        if (await busy.anywhere()) await pause(LOOK_MS, signal);
        else if (await this.#listenWhileCalm(signal)) return;
      }
    } finally {
      clearInterval(polling);
    }
  }

  /** Follow the stream until something is being sent; return whether it ended for another reason. */
  async #listenWhileCalm(signal: AbortSignal): Promise<boolean> {
    const turn = new AbortController();
    const end = () => turn.abort();
    if (signal.aborted) return true;
    signal.addEventListener('abort', end);
    const watch = setInterval(() => {
      void busy.anywhere().then((isBusy) => isBusy && end());
    }, LOOK_MS);
    try {
      await followEvents(
        {
          path: STREAM,
          heartbeatMs: HEARTBEAT_MS,
          lastEventId: () => this.#overview.recent[0]?.id ?? null,
          onEvent: ({ type, data }) => {
            if (type === WORKLIST) this.#tellOfWorklist();
            const item = type === 'notification' ? itemFrom(data) : null;
            if (item) this.#tell({ kind: 'arrived', items: [item] });
          },
          onLive: (isLive) => {
            this.#isLive = isLive;
          },
        },
        turn.signal,
      );
    } finally {
      clearInterval(watch);
      signal.removeEventListener('abort', end);
    }
    return !turn.signal.aborted;
  }

  /** Ask the gateway how things stand, and tell whoever hears news. Raises as `get`. */
  async refresh(signal: AbortSignal): Promise<void> {
    let before: Overview;
    let page: NotificationPage;
    do {
      before = this.#overview;
      page = await fetchNotifications({ limit: RECENT }, signal);
      if (signal.aborted) return;
      // What has changed meanwhile may be newer than the answer.
    } while (before !== this.#overview);
    const arrived = before.unread === null ? [] : newerThan(before, page.items);
    if (arrived.length > 0) this.#tell({ kind: 'arrived', items: arrived });
    this.#tell({ kind: 'refreshed', page });
  }

  /** Return whether there is nothing left to try. */
  async #tryRefresh(signal: AbortSignal): Promise<boolean> {
    try {
      await this.refresh(signal);
      return true;
    } catch (error) {
      if (error instanceof SessionEndedError) return true;
      if (error instanceof ApiError || error instanceof UnreachableError) return false;
      throw error;
    }
  }

  #tell(news: News): void {
    if (this.#isClosed) return;
    this.#apply(news);
    this.#channel.postMessage({ owner: this.#owner, news } satisfies Message);
  }

  #tellOfWorklist(): void {
    if (this.#isClosed) return;
    worklistNews.tell();
    this.#channel.postMessage({ owner: this.#owner, news: WORKLIST } satisfies Message);
  }

  #apply(news: News): void {
    const before = this.#overview;
    const heard =
      news.kind === 'arrived' ? { ...news, items: newerThan(before, news.items) } : news;
    this.#overview = afterNews(before, news);
    if (heard.kind === 'arrived' && this.#overview === before) return;
    this.#hearers.forEach((hear) => hear(heard));
    this.#listeners.forEach((listener) => listener());
  }
}

/** Run `act` once no other tab does. Without Web Locks (outside of secure contexts) each tab is on its own. */
async function inTurn(act: () => Promise<void>, signal: AbortSignal): Promise<void> {
  if (!('locks' in navigator)) return act();
  try {
    await navigator.locks.request(LOCK, { signal }, act);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
