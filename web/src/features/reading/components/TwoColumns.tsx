import type { ReactNode } from 'react';

interface Props {
  /** What is known of the study: beside the rest where there is room, else above it. */
  side: ReactNode;
  children: ReactNode;
}

export function TwoColumns({ side, children }: Props) {
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(18rem,5fr)_7fr] lg:gap-6">
      <div className="flex min-w-0 flex-col gap-5">{side}</div>
      <div className="flex min-w-0 flex-col gap-5">{children}</div>
    </div>
  );
}
