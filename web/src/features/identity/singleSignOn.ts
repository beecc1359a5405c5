const KEY = 'relaypacs-single-sign-on';

interface Journey {
  /** Binds the answer of the other system to this browser. */
  flow: string;
  /** The page that was asked for. */
  returnTo: string;
}

/** What this tab remembers while the person is away at the other system. */
export const journey = {
  begin(leaving: Journey): void {
    sessionStorage.setItem(KEY, JSON.stringify(leaving));
  },

  /** Null when the journey did not begin in this tab. */
  read(): Journey | null {
    const stored = sessionStorage.getItem(KEY);
    return stored === null ? null : (JSON.parse(stored) as Journey);
  },

  end(): void {
    sessionStorage.removeItem(KEY);
  },
};
