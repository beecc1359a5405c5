import { narrowedBy, type Filter } from './filter';

/** What somebody wants to see of the uploads. */
export interface Question {
  filter: Filter;
  /** What a patient's name or identifiers begin with; empty: any. Never in an address. */
  words: string;
}

/** The same for questions that have the same answer. */
export function keyOf({ filter, words }: Question): string {
  return JSON.stringify([filter, words]);
}

/** Whether nothing is left out. */
export function asksForAll({ filter, words }: Question): boolean {
  return !words && narrowedBy(filter).length === 0;
}
