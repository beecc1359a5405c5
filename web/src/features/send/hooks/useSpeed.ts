import { useEffect, useRef, useState } from 'react';

const SAMPLE_MS = 2_000;
const SMOOTHING = 0.3;

/** How fast `value` grows, per second, smoothed; null while it is not `isMoving`, or for too short a time. */
export function useSpeed(value: number, isMoving: boolean): number | null {
  const [speed, setSpeed] = useState<number | null>(null);
  const latest = useRef(value);

  useEffect(() => {
    latest.current = value;
  }, [value]);

  useEffect(() => {
    if (!isMoving) return;
    let last = { at: performance.now(), value: latest.current };
    const timer = setInterval(() => {
      const now = { at: performance.now(), value: latest.current };
      const measured = Math.max(0, ((now.value - last.value) / (now.at - last.at)) * 1000);
      last = now;
      setSpeed((before) => (before ? before + SMOOTHING * (measured - before) : measured || null));
    }, SAMPLE_MS);
    return () => {
      clearInterval(timer);
      setSpeed(null);
    };
  }, [isMoving]);

  return isMoving ? speed : null;
}
