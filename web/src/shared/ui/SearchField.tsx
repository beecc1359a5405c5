import { Search, X } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';

import { CONTROL } from './FieldFrame';
import { classes } from './classes';

const DEBOUNCE_MS = 300;

interface Props {
  label: string;
  placeholder: string;
  /** What the button that empties it is called. */
  clear: string;
  /** As long as the gateway takes it. */
  maxLength: number;
  /** What is looked for, where somebody else keeps that, such as the address. */
  value?: string;
  /** Told once nobody types any more. */
  onSearch: (words: string) => void;
}

/** Where somebody types what is looked for. */
export function SearchField({ label, placeholder, clear, maxLength, value = '', onSearch }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const { text, setText } = useTyped(value, onSearch);

  return (
    <div role="search" className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <div className="relative flex">
        <Search
          aria-hidden
          className="pointer-events-none absolute inset-y-0 start-4 my-auto size-4 text-muted"
        />
        {/* A text field: browsers draw a search field's own button to clear it, too small to be hit. */}
        <input
          id={id}
          ref={input}
          type="text"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          dir={text ? 'auto' : undefined}
          maxLength={maxLength}
          placeholder={placeholder}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => {
            if (key === 'Escape') setText('');
          }}
          className={classes(
            CONTROL,
            'w-full text-ellipsis ps-11 placeholder:text-muted',
            // What is typed may run the other way than the page.
            text && 'pe-11',
          )}
        />
        {text && (
          <button
            type="button"
            aria-label={clear}
            onClick={() => {
              setText('');
              input.current?.focus();
            }}
            className="absolute inset-y-0 end-0 flex min-h-11 w-11 items-center justify-center rounded-control text-muted hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </button>
        )}
      </div>
    </div>
  );
}

/** What is typed; it gives way to a value that comes from elsewhere, such as a step back in the history. */
function useTyped(value: string, onSearch: (words: string) => void) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState({ value, told: value });
  if (value !== known.value) {
    setKnown({ value, told: value });
    if (value !== known.told) setText(value);
  }
  const tell = useEffectEvent(() => {
    const words = text.trim();
    setKnown((now) => ({ ...now, told: words }));
    onSearch(words);
  });

  useEffect(() => {
    const timer = setTimeout(() => tell(), text ? DEBOUNCE_MS : 0);
    return () => clearTimeout(timer);
  }, [text]);

  return { text, setText };
}
