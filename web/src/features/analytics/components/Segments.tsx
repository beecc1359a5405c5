import { useId } from 'react';

import { classes } from '@/shared/ui/classes';

export interface Segment<Value extends string> {
  value: Value;
  name: string;
  /** What stands there on a phone. */
  short?: string;
}

interface Props<Value extends string> {
  legend: string;
  /** The legend is heard but not seen. */
  isLegendHidden?: boolean;
  value: Value;
  segments: readonly Segment<Value>[];
  onChange: (value: Value) => void;
}

/** A choice of one among a few that stand side by side. */
export function Segments<Value extends string>(props: Props<Value>) {
  const { legend, isLegendHidden = false, value, segments, onChange } = props;
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className={isLegendHidden ? 'sr-only' : 'mb-1.5 text-sm font-semibold'}>
        {legend}
      </legend>
      <div className="inline-flex max-w-full rounded-control border border-line-strong bg-surface max-sm:flex">
        {segments.map((segment) => (
          <label
            key={segment.value}
            className="flex min-h-11 min-w-11 grow cursor-pointer items-center justify-center px-3 text-sm font-semibold whitespace-nowrap text-muted not-first:border-s not-first:border-line first:rounded-s-control last:rounded-e-control hover:text-ink has-checked:bg-brand has-checked:text-on-brand has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus max-sm:px-1.5"
          >
            <input
              type="radio"
              name={name}
              value={segment.value}
              checked={segment.value === value}
              onChange={() => onChange(segment.value)}
              className="sr-only"
            />
            {segment.short !== undefined && (
              <span aria-hidden className="sm:hidden">
                {segment.short}
              </span>
            )}
            <span className={classes(segment.short !== undefined && 'max-sm:sr-only')}>
              {segment.name}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
