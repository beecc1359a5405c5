import type { LucideIcon } from 'lucide-react';
import type { ChangeEvent } from 'react';

export interface RadioCard<Value extends string> {
  value: Value;
  label: string;
  detail?: string;
  icon: LucideIcon;
}

interface Props<Value extends string> {
  legend: string;
  name: string;
  value: string;
  cards: readonly RadioCard<Value>[];
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

/** A choice of a few that matter, each with room for a word about it. */
export function RadioCards<Value extends string>({
  legend,
  name,
  value,
  cards,
  onChange,
}: Props<Value>) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">{legend}</legend>
      <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-4">
        {cards.map((card) => (
          <label
            key={card.value}
            className="flex min-h-11 cursor-pointer items-start gap-2 rounded-control border border-line-strong bg-surface px-3 py-2 has-checked:border-brand has-checked:bg-active-soft has-checked:ring-1 has-checked:ring-brand has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name={name}
              value={card.value}
              checked={card.value === value}
              onChange={onChange}
              className="mt-0.5 size-5 shrink-0 accent-brand outline-none"
            />
            <span className="flex min-w-0 flex-col text-sm">
              <span className="flex items-center gap-1.5 font-semibold">
                <card.icon aria-hidden className="size-4 shrink-0" />
                <span className="min-w-0 break-words">{card.label}</span>
              </span>
              {card.detail && <span className="text-muted">{card.detail}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
