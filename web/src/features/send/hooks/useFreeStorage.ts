import { useEffect, useState } from 'react';

/** Bytes that this browser may still keep, asked for anew whenever `occasion` changes; null where it does not say. */
export function useFreeStorage(occasion: unknown): number | null {
  const [free, setFree] = useState<number | null>(null);

  useEffect(() => {
    let current = true;
    void freeBytes().then((bytes) => {
      if (current) setFree(bytes);
    });
    return () => {
      current = false;
    };
  }, [occasion]);

  return free;
}

async function freeBytes(): Promise<number | null> {
  if (!('storage' in navigator) || !('estimate' in navigator.storage)) return null;
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined ? null : Math.max(0, quota - (usage ?? 0));
  } catch {
    return null;
  }
}
