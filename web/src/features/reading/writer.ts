import { sendParting } from '@/shared/api/parting';
import { ApiError, UnreachableError } from '@/shared/api/problem';

import {
  claim,
  draftAddress,
  fetchReport,
  saveDraft,
  type DraftSaved,
  type Report,
  type ReportText,
} from './api';
import type { KeptDraft, Unsaved } from './drafts/database';
import type { DraftPlace } from './drafts/drafts';
import { cleaned, FIELDS, isSame, isTooLong, joined, textOf } from './text';
import type { Choice, SaveState, Theirs, Writing } from './writing';

const KEEP_AFTER_MS = 300;
const SAVE_AFTER_MS = 1_500;
const AGAIN_AFTER_MS = 15_000;
/** How often one save may find that the gateway knows something newer. */
const MOST_TURNS = 3;
const MOST_UNHEARD = 10;

/**
 * What is written about a study: on the screen, on this device and at the gateway.
 *
 * Every letter is on the device within a third of a second, and at the gateway when the typing rests. A text that was
 * changed elsewhere meanwhile is never overwritten and never lost: `base` is what the gateway had, so who has changed
 * something since is known.
 */
export class DraftWriter {
  readonly #reportId: string;
  readonly #place: DraftPlace;
  readonly #onRefused: (refusal: ApiError) => void;
  readonly #listeners = new Set<() => void>();
  readonly #open = new AbortController();
  #text: ReportText;
  #base: ReportText;
  #revision: number;
  #savedAt: string | null;
  /** What was sent since `base` without an answer: the gateway may have it, and then it is nobody else's. */
  #unheard: ReportText[];
  #theirs: Theirs | null = null;
  #error: unknown = null;
  #isOnDevice = false;
  #isSending = false;
  #turn: Promise<void> = Promise.resolve();
  #keeping: Promise<void> = Promise.resolve();
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #writing: Writing;

  /** `kept` is what this device has; `onRefused` hears when the study is no longer the person's to write about. */
  constructor(
    report: Report,
    kept: KeptDraft | null,
    place: DraftPlace,
    onRefused: (refusal: ApiError) => void,
  ) {
    this.#reportId = report.id;
    this.#place = place;
    this.#onRefused = onRefused;
    const { text, base, revision, unheard } = kept ?? savedOf(report);
    this.#text = text;
    this.#base = base;
    this.#revision = revision;
    this.#unheard = unheard;
    this.#savedAt = report.draft?.saved_at ?? null;
    this.#isOnDevice = kept !== null;
    this.#writing = this.#snapshot();
    this.#listen();
    if (kept) this.adopt(report);
  }

  readonly read = (): Writing => this.#writing;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get revision(): number {
    return this.#revision;
  }

  /** Take what was typed. */
  write(changes: Partial<ReportText>): void {
    const next = { ...this.#text, ...changes };
    for (const name of FIELDS) next[name] = cleaned(next[name]);
    this.#text = next;
    this.#isOnDevice = false;
    this.#publish();
    this.#schedule();
  }

  /** Bring up what the gateway does not have yet. Returns whether it has everything. */
  async save(): Promise<boolean> {
    clearTimeout(this.#saveTimer);
    const kept = this.#keep();
    await this.#inTurn(() => this.#bringUp());
    await kept;
    return this.#isSaved();
  }

  /** Learn what the gateway says now. What is older than what is known says nothing. */
  adopt(report: Report): void {
    if (this.#isSending || report.revision < this.#revision) return;
    this.#compare(report);
    this.#publish();
    if (!this.#isSaved()) this.#schedule();
    else void this.#keep();
  }

  /** Both have written: say which text it is to be. */
  async settle(choice: Choice): Promise<void> {
    const theirs = this.#theirs;
    if (!theirs) return;
    this.#theirs = null;
    this.#unheard = [];
    this.#base = theirs.text;
    this.#revision = theirs.revision;
    this.#savedAt = theirs.savedAt;
    if (choice === 'theirs') this.#text = theirs.text;
    if (choice === 'both') this.#text = joined(this.#text, theirs.text);
    this.#publish();
    await this.save();
  }

  /** Change something else of the draft, on the revision that is known then. Raises what `change` does. */
  async alongside(change: (revision: number) => Promise<DraftSaved>): Promise<void> {
    await this.#inTurn(async () => {
      const saved = await change(this.#revision);
      this.#revision = saved.revision;
      this.#savedAt = saved.saved_at;
    });
    this.#publish();
  }

  /** Stop listening; what is not saved yet is kept, and still brought up. */
  close(): void {
    this.#open.abort();
    clearTimeout(this.#keepTimer);
    if (!this.#isSaved()) void this.save();
    clearTimeout(this.#saveTimer);
  }

  #listen(): void {
    const { signal } = this.#open;
    window.addEventListener('online', () => void this.save(), { signal });
    window.addEventListener('offline', () => this.#publish(), { signal });
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState === 'hidden') void this.save();
      },
      { signal },
    );
    window.addEventListener('pagehide', () => this.#part(), { signal });
    window.addEventListener('pageshow', () => void this.save(), { signal });
  }

  /** The page goes away: the device has the text, and the gateway gets it if it can. */
  #part(): void {
    if (this.#isToBeSent()) this.#sendParting();
    if (!this.#isSaved()) this.#place.keepOnParting(this.#unsaved());
  }

  #sendParting(): void {
    this.#unheard.push(this.#text);
    void sendParting({
      method: 'PUT',
      url: draftAddress(this.#reportId),
      body: this.#text,
      ifMatch: `"${this.#revision}"`,
    });
  }

  #schedule(): void {
    clearTimeout(this.#saveTimer);
    // Not put off by more letters: who types without a pause loses no more than who rests.
    this.#keepTimer ??= setTimeout(() => void this.#keep(), KEEP_AFTER_MS);
    this.#saveTimer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }

  /** Have on the device what the gateway does not have, and nothing else; one write after the other. */
  #keep(): Promise<void> {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    this.#keeping = this.#keeping.then(async () => {
      const text = this.#text;
      try {
        if (this.#isSaved()) await this.#place.forget();
        else await this.#place.keep(this.#unsaved());
        this.#isOnDevice = text === this.#text;
      } catch (error) {
        console.warn('The browser keeps no drafts', error);
        this.#isOnDevice = false;
      }
      this.#publish();
    });
    return this.#keeping;
  }

  #unsaved(): Unsaved {
    return {
      text: this.#text,
      base: this.#base,
      revision: this.#revision,
      unheard: this.#unheard,
    };
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #bringUp(): Promise<void> {
    this.#error = null;
    for (let turn = 0; turn < MOST_TURNS && this.#isToBeSent(); turn += 1) {
      this.#isSending = true;
      this.#publish();
      try {
        await this.#send();
      } catch (error) {
        this.#error = error;
        break;
      } finally {
        this.#isSending = false;
      }
    }
    this.#publish();
    if (this.#error === null) void this.#keep();
    else this.#fail(this.#error);
  }

  async #send(): Promise<void> {
    const sent = this.#text;
    if (!navigator.onLine) throw new UnreachableError('offline');
    try {
      const saved = await saveDraft(this.#reportId, sent, this.#revision);
      this.#base = sent;
      this.#unheard = [];
      this.#revision = saved.revision;
      this.#savedAt = saved.saved_at;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        this.#unheard = [...this.#unheard, sent].slice(-MOST_UNHEARD);
        throw error;
      }
      // An answer that was lost makes the next save stale; a lease that ran out in a pause is taken again.
      if (error.code === 'stale-edit') this.#compare(await fetchReport(this.#reportId));
      else if (error.code === 'report-not-claimed') this.#compare(await claim(this.#reportId));
      else throw error;
    }
  }

  /** Find out who has changed the text since `base`: nobody, one of both, or both. */
  #compare(report: Report): void {
    const text = textOf(report.draft);
    const theirs = {
      text,
      author: report.draft?.author ?? null,
      savedAt: report.draft?.saved_at ?? null,
      revision: report.revision,
    };
    const isTheirsNew = ![this.#base, ...this.#unheard].some((own) => isSame(text, own));
    const isMineNew = !isSame(this.#text, this.#base);
    if (isTheirsNew && isMineNew && !isSame(text, this.#text)) {
      this.#theirs = theirs;
      return;
    }
    this.#theirs = null;
    this.#unheard = [];
    if (isTheirsNew) this.#text = text;
    this.#base = text;
    this.#revision = report.revision;
    this.#savedAt = theirs.savedAt;
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && LOST.has(error.code)) this.#onRefused(error);
    else if (isTemporary(error) && !this.#open.signal.aborted) {
      clearTimeout(this.#saveTimer);
      this.#saveTimer = setTimeout(() => void this.save(), AGAIN_AFTER_MS);
    }
  }

  #isSaved(): boolean {
    const isKnown = this.#theirs === null && this.#unheard.length === 0;
    return isKnown && isSame(this.#text, this.#base);
  }

  #isToBeSent(): boolean {
    return !this.#isSaved() && this.#theirs === null && !isTooLong(this.#text);
  }

  #snapshot(): Writing {
    return { text: this.#text, save: this.#saveState(), theirs: this.#theirs };
  }

  #saveState(): SaveState {
    if (this.#theirs) return { phase: 'conflict' };
    if (this.#isSending) return { phase: 'saving' };
    if (this.#isSaved()) return { phase: 'saved', at: this.#savedAt };
    if (isTooLong(this.#text)) return { phase: 'too-long' };
    return this.#unsavedState();
  }

  #unsavedState(): SaveState {
    const isAway = !navigator.onLine || isTemporary(this.#error);
    if (isAway && this.#isOnDevice) return { phase: 'kept' };
    if (this.#error) return { phase: 'failed', error: this.#error };
    return { phase: 'typing' };
  }

  #publish(): void {
    this.#writing = this.#snapshot();
    this.#listeners.forEach((listener) => listener());
  }
}

/** Nothing is written that the gateway does not have. */
function savedOf(report: Report): Unsaved {
  const text = textOf(report.draft);
  return { text, base: text, revision: report.revision, unheard: [] };
}

const LOST = new Set(['report-locked', 'report-finished']);

/** Whether the same may work a little later. */
function isTemporary(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429);
}
