/** Phones stop hidden pages much sooner; on a workstation a page that is merely behind others goes on for so long. */
const LONG_HIDDEN_MS = 30 * 60_000;

/**
 * Run `act` for as long as it can be of use to somebody: online, and the page seen, or hidden for a short time only.
 *
 * Its signal ends when that is over; it is run again when it begins anew. Returns how to stop.
 */
export function whilePresent(act: (signal: AbortSignal) => Promise<void>): () => void {
  const listening = new AbortController();
  let turn: AbortController | null = null;
  let hiddenAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const end = () => {
    turn?.abort();
    turn = null;
  };
  const look = () => {
    clearTimeout(timer);
    const isHidden = document.visibilityState === 'hidden';
    const leftMs = isHidden ? hiddenAt + LONG_HIDDEN_MS - Date.now() : Infinity;
    if (!navigator.onLine || leftMs <= 0) {
      end();
      return;
    }
    if (isHidden) timer = setTimeout(look, leftMs);
    if (turn) return;
    turn = new AbortController();
    void act(turn.signal);
  };

  const { signal } = listening;
  window.addEventListener('online', look, { signal });
  window.addEventListener('offline', look, { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      hiddenAt = Date.now();
      look();
    },
    { signal },
  );
  look();

  return () => {
    listening.abort();
    clearTimeout(timer);
    end();
  };
}
