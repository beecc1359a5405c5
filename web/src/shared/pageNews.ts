const listeners = new Map<string, Set<() => void>>();

/** That there is news of what the page at a path of the app shows: whoever shows it asks for it again. */
export const pageNews = {
  subscribe: (path: string, listener: () => void): (() => void) => {
    const those = listeners.get(path) ?? new Set();
    listeners.set(path, those.add(listener));
    return () => {
      those.delete(listener);
      if (those.size === 0) listeners.delete(path);
    };
  },
  tell: (path: string): void => {
    listeners.get(path)?.forEach((listener) => listener());
  },
};
