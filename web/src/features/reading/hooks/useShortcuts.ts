import { useEffect, useEffectEvent } from 'react';

import { FIELDS, type FieldName } from '../text';

interface Shortcuts {
  save: () => void;
  sign: () => void;
  goTo: (field: FieldName) => void;
  help: () => void;
}

/** What can be done without leaving the keyboard. Letters alone mean something only outside of fields. */
export function useShortcuts({ save, sign, goTo, help }: Shortcuts): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const act = actOf(event, { save, sign, goTo, help });
    if (!act || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    act();
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

function actOf(event: KeyboardEvent, shortcuts: Shortcuts): (() => void) | null {
  const { key, altKey, ctrlKey, metaKey } = event;
  const hasCommand = ctrlKey || metaKey;
  if (hasCommand) return altKey ? null : commandOf(key, shortcuts);
  if (altKey) return fieldOf(event.code, shortcuts);
  return key === '?' && !isTyping(event.target) ? shortcuts.help : null;
}

function commandOf(key: string, { save, sign }: Shortcuts): (() => void) | null {
  if (key.toLowerCase() === 's') return save;
  return key === 'Enter' ? sign : null;
}

/** By the key's place: with Alt many keyboards write another letter. */
function fieldOf(code: string, { goTo }: Shortcuts): (() => void) | null {
  const field = FIELDS[Number(/^Digit([1-9])$/.exec(code)?.[1]) - 1];
  return field ? () => goTo(field) : null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select');
}
