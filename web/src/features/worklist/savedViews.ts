import { DeviceRecord, recordFrom } from '@/shared/deviceRecord';

import { addressOf, viewFrom, type View } from './view';

/** A view of the worklist that somebody has named. */
export interface SavedView {
  name: string;
  /** What the worklist's address asks for then. */
  address: string;
  /** The worklist opens with it. */
  isDefault: boolean;
}

type OfPeople = Readonly<Record<string, readonly SavedView[]>>;

export const SAVED_VIEWS_KEY = 'relaypacs-worklist-views';
export const LONGEST_NAME = 60;

/**
 * The saved views of everybody who uses this device, by the user's id.
 *
 * They outlive the session, as preferences do: nothing in them is about a patient but what somebody writes into a name,
 * and the field for it says not to.
 */
class SavedViews extends DeviceRecord<OfPeople> {
  constructor() {
    super(SAVED_VIEWS_KEY, savedFrom);
  }

  readonly of = (userId: string): readonly SavedView[] => this.read()[userId] ?? NONE;

  /** Save a view under a name; one that has the name already gives way. */
  readonly save = (userId: string, name: string, view: View): void => {
    this.#change(userId, (saved) => {
      const before = saved.find((one) => one.name === name);
      const address = addressOf(view).toString();
      const next = { name, address, isDefault: before?.isDefault ?? false };
      return before ? saved.map((one) => (one === before ? next : one)) : [...saved, next];
    });
  };

  readonly rename = (userId: string, name: string, newName: string): void => {
    this.#change(userId, (saved) =>
      saved
        .filter((one) => one.name === name || one.name !== newName)
        .map((one) => (one.name === name ? { ...one, name: newName } : one)),
    );
  };

  readonly remove = (userId: string, name: string): void => {
    this.#change(userId, (saved) => saved.filter((one) => one.name !== name));
  };

  /** Have the worklist open with this one; null: as it is. */
  readonly setDefault = (userId: string, name: string | null): void => {
    this.#change(userId, (saved) => saved.map((one) => ({ ...one, isDefault: one.name === name })));
  };

  #change(userId: string, change: (saved: readonly SavedView[]) => readonly SavedView[]): void {
    this.update((all) => ({ ...all, [userId]: change(all[userId] ?? NONE) }));
  }
}

const NONE: readonly SavedView[] = [];

function savedFrom(stored: unknown): OfPeople {
  return Object.fromEntries(
    Object.entries(recordFrom(stored)).map(([userId, saved]) => [
      userId,
      Array.isArray(saved) ? saved.flatMap(oneFrom) : NONE,
    ]),
  );
}

function oneFrom(stored: unknown): SavedView[] {
  const { name, address, isDefault } = recordFrom(stored);
  if (typeof name !== 'string' || name === '' || typeof address !== 'string') return [];
  const known = addressOf(viewFrom(new URLSearchParams(address)));
  return [{ name, address: known.toString(), isDefault: isDefault === true }];
}

export const savedViews = new SavedViews();
