import type { ReactNode } from 'react';

import { useDirection } from './direction';

interface Props {
  title: string;
  facts: readonly { key: string; sample: ReactNode; name: string; written: string }[];
}

/** What one point of a chart says, beside it and read out. */
export function PointCard({ title, facts }: Props) {
  const { dir } = useDirection();
  return (
    <div
      role="status"
      dir={dir}
      className="rounded-control border border-line-strong bg-surface px-3 py-2 text-sm text-ink shadow-lg"
    >
      <p className="font-semibold">{title}</p>
      <ul>
        {facts.map(({ key, sample, name, written }) => (
          <li key={key} className="flex items-center gap-2">
            {sample}
            <span className="grow text-muted">{name}</span>
            <span className="font-semibold tabular-nums">{written}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
