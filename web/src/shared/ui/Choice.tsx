import type { ReactNode } from 'react';

import { Select } from './Select';

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

/** A labelled choice of one among few, each known by its value. */
export function Choice<Value extends string>({ options, onChange, ...rest }: Props<Value>) {
  return (
    <Select
      {...rest}
      onChange={({ target }) => {
        const chosen = options.find((option) => option.value === target.value);
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} lang={option.lang}>
          {option.name}
        </option>
      ))}
    </Select>
  );
}
