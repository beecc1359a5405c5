import { useEffect, useEffectEvent } from 'react';

import { usePreferences } from '@/shared/hooks/usePreferences';

/** What each key does, by the letter, figure or sign on it. */
export type Shortcuts = Partial<Record<string, () => void>>;

const PLACES: Record<string, string> = { Slash: '/' };

/**
 * Single keys that do something on this page. They do nothing while somebody types, chooses from a list, or has a dialog
 * open, and nothing at all where the person has turned them off.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const { singleKeys } = usePreferences();

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!singleKeys || event.defaultPrevented || isMeantForOthers(event)) return;
    const act = shortcuts[nameOf(event)];
    if (!act) return;
    event.preventDefault();
    act();
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

function isMeantForOthers({ ctrlKey, metaKey, altKey, isComposing, target }: KeyboardEvent) {
  if (ctrlKey || metaKey || altKey || isComposing) return true;
  if (document.querySelector('dialog[open]')) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  );
}

/** Return what is on a key: in an Arabic or a French layout, what is there in an English one. */
function nameOf({ key, code, shiftKey }: KeyboardEvent): string {
  if (/^[a-z0-9/?]$/i.test(key)) return key.toLowerCase();
  const name = PLACES[code] ?? code.replace(/^(Key|Digit)/, '').toLowerCase();
  return name === '/' && shiftKey ? '?' : name;
}
