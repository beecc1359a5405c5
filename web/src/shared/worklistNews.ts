const listeners = new Set<() => void>();

/** News that the worklist has changed, for whoever shows it. What is told says nothing of how: the list is asked for. */
export const worklistNews = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  tell: (): void => {
    for (const listener of listeners) listener();
  },
};
