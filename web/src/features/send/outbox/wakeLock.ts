const LOOK_EVERY_MS = 5_000;

/** Keep the screen on while something is being sent: phones stop pages that nobody looks at. Returns how to end it. */
export function holdScreenAwake(isSending: () => boolean): () => void {
  if (!('wakeLock' in navigator)) return () => undefined;
  let held: WakeLockSentinel | null = null;
  const look = async () => {
    const wanted = isSending() && document.visibilityState === 'visible';
    if (wanted && (held === null || held.released)) {
      held = await navigator.wakeLock.request('screen').catch(() => null); // refused when the battery is low
    } else if (!wanted && held) {
      await held.release();
      held = null;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    void held?.release();
  };
}
