import { Search, X } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { CONTROL } from '@/shared/ui/FieldFrame';
import { classes } from '@/shared/ui/classes';

const DEBOUNCE_MS = 300;
/** As long as the gateway takes it. */
const MOST_LETTERS = 200;

interface Props {
  /** Told once nobody types any more. */
  onSearch: (words: string) => void;
}

/** Where somebody types what a patient's name or identifiers begin with. What is typed stays in this component. */
export function SearchBox({ onSearch }: Props) {
  const { t } = useTranslation('uploads');
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const tell = useEffectEvent(onSearch);

  useEffect(() => {
    const timer = setTimeout(() => tell(text.trim()), text ? DEBOUNCE_MS : 0);
    return () => clearTimeout(timer);
  }, [text]);

  return (
    <div role="search" className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {t('search.label')}
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
          maxLength={MOST_LETTERS}
          placeholder={t('search.placeholder')}
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
            aria-label={t('search.clear')}
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
