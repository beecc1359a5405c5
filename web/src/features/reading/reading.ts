import { sendParting } from '@/shared/api/parting';
import { ApiError, UnreachableError } from '@/shared/api/problem';
import { forget, keep, recall } from '@/shared/kept/kept';
import { pause } from '@/shared/pause';
import { whilePresent } from '@/shared/whilePresent';
import { worklistNews } from '@/shared/worklistNews';

import { claim, fetchReport, release, releaseAddress, takeOver, type Report } from './api';
import { DraftPlace } from './drafts/drafts';
import { isSame, NO_TEXT } from './text';
import { DraftWriter } from './writer';

export const KEPT_READING = 'reading';
const MOST_KEPT = 50;

const SHORTEST_RENEWAL_MS = 20_000;
const LONGEST_RENEWAL_MS = 10 * 60_000;
const ASK_AGAIN_MS = 15_000;
/** An answer takes its time, and is told of besides. */
const LOOK_FOR_ANSWER_MS = 60_000;

/** Who has the study, as the gateway says it. */
export interface Holder {
  name: string;
  until: string;
}

/** What somebody sees of a study. */
export type ReadingState =
  | { phase: 'loading' }
  | { phase: 'missing' }
  | { phase: 'failed'; error: unknown }
  /** To be written about. `asOf`: since when the gateway has not been heard; null while it is. */
  | { phase: 'open'; report: Report; writer: DraftWriter; asOf: Date | null }
  /** Somebody else has it open. `writer` has what was written here before, if anything. */
  | { phase: 'locked'; report: Report; holder: Holder; writer: DraftWriter | null }
  /** `isNew`: it was signed here and now. */
  | { phase: 'final'; report: Report; isNew: boolean }
  /** The person looks, and does not read. */
  | { phase: 'watched'; report: Report }
  /** It has gone back to who sent it. */
  | { phase: 'asked'; report: Report };

/** How often each study is open in this tab. */
const opened = new Map<string, number>();

export function isOpenHere(reportId: string): boolean {
  return (opened.get(reportId) ?? 0) > 0;
}

/** What is being let go of, so that opening it again comes after that. */
const leaving = new Map<string, Promise<unknown>>();

/**
 * A study that somebody has opened: claimed for as long as the page is there for somebody, and let go of afterwards
 * when nothing was written.
 */
export class Reading {
  readonly #reportId: string;
  readonly #isReader: boolean;
  readonly #place: DraftPlace;
  readonly #listeners = new Set<() => void>();
  #state: ReadingState = { phase: 'loading' };
  #report: Report | null = null;
  #heardAt: Date | null = null;
  #writer: DraftWriter | null = null;
  #hasLock = false;
  /** Ends when the page is left. */
  #staying = AbortSignal.abort();
  /** A claim that is on its way: it may come true after the page has been left. */
  #claiming: Promise<Report | null> = Promise.resolve(null);

  /** Administrators look; only radiologists read. */
  constructor(reportId: string, role: string) {
    this.#reportId = reportId;
    this.#isReader = role === 'radiologist';
    this.#place = new DraftPlace(reportId, 'report');
  }

  readonly read = (): ReadingState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begin. Returns how to leave. */
  open(): () => void {
    const staying = new AbortController();
    this.#staying = staying.signal;
    opened.set(this.#reportId, (opened.get(this.#reportId) ?? 0) + 1);
    let stop: () => void = () => undefined;
    void this.#remember(staying.signal).then(() => {
      if (!staying.signal.aborted) stop = whilePresent((signal) => this.#stay(signal));
    });
    window.addEventListener('pagehide', () => this.#part(), { signal: staying.signal });
    const stopHearing = worklistNews.subscribe(() => void this.#hearNews(staying.signal));
    return () => {
      if (staying.signal.aborted) return;
      staying.abort();
      stopHearing();
      stop();
      opened.set(this.#reportId, (opened.get(this.#reportId) ?? 1) - 1);
      this.#leave();
    };
  }

  /** Ask again at once. */
  readonly retry = async (): Promise<void> => {
    if (!this.#staying.aborted) await this.#ask(this.#staying);
  };

  /** Take up what a call of the person's has answered. */
  readonly adopt = (report: Report): void => this.#take(report, true);

  #take(report: Report, isNew: boolean): void {
    this.#hear(report);
    if (report.signed_at) this.#finish(report, isNew);
    else if (!this.#isReader) this.#enter({ phase: 'watched', report });
    else {
      this.#writer?.adopt(report);
      if (this.#state.phase === 'open') this.#enter({ ...this.#state, report });
    }
  }

  /** The question is out: whoever has sent the study has it now. */
  readonly handBack = (report: Report): void => {
    this.#hasLock = false;
    this.#enter({ phase: 'asked', report });
  };

  readonly takeOver = async (): Promise<void> => this.adopt(await takeOver(this.#reportId));

  readonly release = async (): Promise<void> => this.adopt(await release(this.#reportId));

  /** What this device has of it, for when there is no network. */
  async #remember(signal: AbortSignal): Promise<void> {
    await leaving.get(this.#reportId);
    if (navigator.onLine || this.#report) return;
    const kept = await recall<Report>(KEPT_READING, this.#reportId);
    if (signal.aborted) return;
    if (!kept) {
      this.#enter({ phase: 'failed', error: new UnreachableError('offline') });
      return;
    }
    this.#report = kept.value;
    this.#heardAt = kept.at;
    if (isRead(kept.value)) this.#finish(kept.value, false);
    else await this.#show(kept.value, kept.at, signal);
  }

  async #stay(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#isOver()) {
      await this.#ask(signal);
      if (!this.#isReader) return;
      await pause(this.#untilNext(), signal);
    }
  }

  #isOver(): boolean {
    return ['missing', 'final'].includes(this.#state.phase);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    try {
      if (this.#state.phase === 'asked' && !(await this.#isAnswered(signal))) return;
      const report = await this.#call(signal);
      if (signal.aborted) return;
      this.#hasLock = this.#isReader;
      this.#hear(report);
      if (this.#isReader) await this.#show(report, null, signal);
      else this.#take(report, false);
    } catch (error) {
      if (!signal.aborted) await this.#refused(error, signal);
    }
  }

  /** Something about some study has changed: what is shown of this one may be old. What is open is its reader's. */
  async #hearNews(signal: AbortSignal): Promise<void> {
    const { phase } = this.#state;
    if (['asked', 'locked', 'watched'].includes(phase)) await this.#ask(signal);
    else if (phase === 'final') await this.#refresh(signal);
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    try {
      const report = await fetchReport(this.#reportId, signal);
      if (signal.aborted) return;
      this.#hear(report);
      if (this.#state.phase === 'final') this.#enter({ ...this.#state, report });
    } catch (error) {
      if (!signal.aborted) this.#goStale(error);
    }
  }

  /** Whether whoever sent the study has answered; until then nobody reads it. */
  async #isAnswered(signal: AbortSignal): Promise<boolean> {
    const report = await fetchReport(this.#reportId, signal);
    if (!signal.aborted && this.#state.phase === 'asked') this.#enter({ phase: 'asked', report });
    return report.status !== 'additional_data_required';
  }

  #call(signal: AbortSignal): Promise<Report> {
    if (!this.#isReader) return fetchReport(this.#reportId, signal);
    // Not broken off: the gateway may have heard it, and then it has to be let go of.
    const answer = claim(this.#reportId);
    this.#claiming = answer.catch(() => null);
    return answer;
  }

  async #show(report: Report, asOf: Date | null, signal: AbortSignal): Promise<void> {
    if (!this.#isReader) {
      this.#enter({ phase: 'watched', report });
      return;
    }
    if (!this.#writer) {
      const kept = await this.#place.recall();
      if (signal.aborted) return;
      this.#writer ??= new DraftWriter(report, kept, this.#place, this.#onRefused);
    } else if (!asOf) this.#writer.adopt(report);
    this.#enter({ phase: 'open', report, writer: this.#writer, asOf });
  }

  readonly #onRefused = (refusal: ApiError): void => {
    void this.#refused(refusal, this.#staying);
  };

  async #refused(error: unknown, signal: AbortSignal): Promise<void> {
    const { code, status } = error instanceof ApiError ? error : { code: '', status: 0 };
    if (code === 'report-locked') await this.#showHolder(error as ApiError, signal);
    else if (code === 'report-finished') await this.#showFinal(signal);
    else if ([400, 404].includes(status)) await this.#lose();
    else if (this.#report && this.#state.phase !== 'loading') this.#goStale(error);
    else this.#enter({ phase: 'failed', error });
  }

  async #showHolder({ facts }: ApiError, signal: AbortSignal): Promise<void> {
    this.#hasLock = false;
    const report = this.#report ?? (await this.#look(signal));
    const holder = { name: facts.locked_by ?? '', until: facts.locked_until ?? '' };
    if (report && !signal.aborted) {
      this.#enter({ phase: 'locked', report, holder, writer: this.#writer });
    }
  }

  async #showFinal(signal: AbortSignal): Promise<void> {
    this.#hasLock = false;
    const report = await this.#look(signal);
    if (report && !signal.aborted) this.#finish(report, false);
  }

  async #look(signal: AbortSignal): Promise<Report | null> {
    try {
      const report = await fetchReport(this.#reportId, signal);
      this.#hear(report);
      return report;
    } catch (error) {
      if (!signal.aborted) this.#enter({ phase: 'failed', error });
      return null;
    }
  }

  async #lose(): Promise<void> {
    this.#enter({ phase: 'missing' });
    await forget(KEPT_READING, this.#reportId);
  }

  #goStale(error: unknown): void {
    if (this.#state.phase === 'open' && error instanceof UnreachableError) {
      this.#enter({ ...this.#state, asOf: this.#heardAt });
    } else if (this.#state.phase === 'failed') this.#enter({ phase: 'failed', error });
  }

  #finish(report: Report, isNew: boolean): void {
    this.#hasLock = false;
    this.#enter({ phase: 'final', report, isNew });
  }

  #hear(report: Report): void {
    this.#report = report;
    this.#heardAt = new Date();
    void keep(KEPT_READING, this.#reportId, report, { records: MOST_KEPT });
  }

  #untilNext(): number {
    if (this.#state.phase === 'asked') return LOOK_FOR_ANSWER_MS;
    if (this.#state.phase !== 'open' || this.#state.asOf) return ASK_AGAIN_MS;
    const until = this.#report?.lock?.until;
    const third = until ? (new Date(until).getTime() - Date.now()) / 3 : 0;
    return Math.min(LONGEST_RENEWAL_MS, Math.max(SHORTEST_RENEWAL_MS, third));
  }

  /** Whether somebody else may have it, since nobody has written anything. */
  #isUntouched(): boolean {
    const [report, writer] = [this.#report, this.#writer];
    if (!report || report.draft) return false;
    if (!writer) return true;
    return writer.revision === report.revision && isSame(writer.read().text, NO_TEXT);
  }

  #part(): void {
    if (!this.#hasLock || !this.#isUntouched()) return;
    void sendParting({ method: 'POST', url: releaseAddress(this.#reportId) });
  }

  #leave(): void {
    this.#writer?.close();
    const isToGoBack = this.#hasLock && this.#isUntouched();
    const late = this.#hasLock ? null : this.#claiming;
    this.#hasLock = false;
    this.#writer = null;
    this.#state = { phase: 'loading' };
    // A lease that is not given back runs out by itself.
    const done = letGo(this.#reportId, isToGoBack, late).catch(() => undefined);
    leaving.set(this.#reportId, done);
    void done.then(() => {
      if (leaving.get(this.#reportId) === done) leaving.delete(this.#reportId);
    });
  }

  #enter(state: ReadingState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}

/** Here or in the PACS; nobody is writing any more. */
function isRead({ signed_at: signedAt, status, draft }: Report): boolean {
  return signedAt !== null || (status === 'ready' && draft === null);
}

async function letGo(
  reportId: string,
  isToGoBack: boolean,
  late: Promise<Report | null> | null,
): Promise<void> {
  const claimed = await late;
  if (isToGoBack || (claimed && !claimed.draft)) await release(reportId);
}
