import type { ReportText } from './api';

/** Where what is on the screen is safe. */
export type SaveState =
  | { phase: 'saved'; at: string | null }
  | { phase: 'typing' }
  | { phase: 'saving' }
  /** This device has it; it goes up when the gateway answers again. */
  | { phase: 'kept' }
  | { phase: 'too-long' }
  | { phase: 'conflict' }
  | { phase: 'failed'; error: unknown };

/** What somebody else, or the same person elsewhere, has saved meanwhile. */
export interface Theirs {
  text: ReportText;
  author: string | null;
  savedAt: string | null;
  revision: number;
}

export interface Writing {
  text: ReportText;
  save: SaveState;
  /** Null unless both have written: somebody has to choose. */
  theirs: Theirs | null;
}

/** What is on the screen is not at the gateway, which goes by what it has. */
export class NotSaved extends Error {
  override readonly name = 'NotSaved';
}

export type Choice = 'mine' | 'theirs' | 'both';
