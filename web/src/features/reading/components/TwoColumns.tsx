import type { ReactNode } from 'react';

interface Props {
  /** What is known of the study: beside the rest where there is room, else above it. */
  side: ReactNode;
  children: ReactNode;
}

export function TwoColumns({ side, children }: Props) {
  return (
    // What has the focus scrolls to where neither the bar above nor the one below hides it.
    <div className="grid items-start **:scroll-mt-28 max-sm:**:scroll-mt-40 max-sm:**:scroll-mb-20 gap-5 lg:grid-cols-[minmax(18rem,5fr)_7fr] lg:gap-6">
      <div className="flex min-w-0 flex-col gap-5">{side}</div>
      <div className="flex min-w-0 flex-col gap-5">{children}</div>
    </div>
  );
}
