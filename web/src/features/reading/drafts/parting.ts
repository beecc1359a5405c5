import { database, type KeptDraft } from './database';

/** With the owner, the report and the kind behind it. */
const PREFIX = 'relaypacs-parting-draft';

type Key = [owner: string, reportId: string, kind: string];

function nameOf(key: Key | [owner: string]): string {
  return [PREFIX, ...key].join(' ');
}

/**
 * What was typed in the last moment before a page went away: IndexedDB is not done in time then, localStorage is.
 *
 * It moves to the other drafts as soon as somebody asks for those.
 */
export const parting = {
  keep(draft: KeptDraft): void {
    try {
      const { owner, reportId, kind } = draft;
      localStorage.setItem(nameOf([owner, reportId, kind]), JSON.stringify(draft));
    } catch (error) {
      console.warn('The browser keeps no drafts', error);
    }
  },

  /** Something newer is kept, or nothing has to be any more. */
  forget(key: Key): void {
    localStorage.removeItem(nameOf(key));
  },

  /** Put everything of somebody where drafts belong. */
  async takeUp(owner: string): Promise<void> {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(nameOf([owner])));
    for (const name of names) {
      const draft = JSON.parse(localStorage.getItem(name) ?? 'null') as KeptDraft | null;
      if (draft) await database.drafts.put(draft);
      localStorage.removeItem(name);
    }
  },
};
