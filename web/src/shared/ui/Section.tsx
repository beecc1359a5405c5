import { useId, type ReactNode } from 'react';

interface Props {
  title: string;
  intro?: string;
  /** Stands at the end of the title's line. */
  state?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Section({ title, intro, state, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex min-w-0 flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-col gap-1">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
          <h2 id={id} className="text-lg font-semibold">
            {title}
          </h2>
          {state}
        </div>
        {intro && <p className="max-w-prose text-sm text-muted">{intro}</p>}
      </div>
      {children}
    </section>
  );
}
