import { useId, type ReactNode } from 'react';

export interface Option<Value extends string> {
  value: Value;
  name: string;
  /** The language of the name, where it is not the page's. */
  lang?: string;
}

interface Props<Value extends string> {
  label: string;
  hint?: ReactNode;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

/** A labelled choice of one among few. */
export function Select<Value extends string>({
  label,
  hint,
  value,
  options,
  onChange,
}: Props<Value>) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-semibold">
        {label}
      </label>
      <select
        id={id}
        value={value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ target }) => {
          const chosen = options.find((option) => option.value === target.value);
          if (chosen) onChange(chosen.value);
        }}
        className="min-h-11 w-full min-w-0 rounded-control border border-line-strong bg-surface px-3 text-base text-ink"
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} lang={option.lang}>
            {option.name}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
