import { SearchX } from 'lucide-react';

import { Button } from './Button';
import { EmptyState } from './EmptyState';

export interface Narrowing {
  name: string;
  /** Null where the name says it all. */
  value: string | null;
}

interface Props {
  title: string;
  narrowing: readonly Narrowing[];
  /** What the button to clear it is called. */
  clear: string;
  onClear: () => void;
}

/** Nothing is left of a list that was narrowed: says by what, and leads out of it. */
export function NothingFits({ title, narrowing, clear, onClear }: Props) {
  return (
    <EmptyState icon={SearchX} title={title}>
      <ul className="mb-4 flex flex-wrap justify-center gap-x-4 gap-y-1">
        {narrowing.map(({ name, value }) => (
          <li key={name} className="min-w-0 break-words">
            {value === null ? (
              <span className="font-medium text-ink">{name}</span>
            ) : (
              <>
                {name} <bdi className="font-medium text-ink">{value}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
      <Button onClick={onClear}>{clear}</Button>
    </EmptyState>
  );
}
