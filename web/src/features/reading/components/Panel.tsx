import { useId, type ReactNode } from 'react';

interface Props {
  title: string;
  /** What stands at the other end of its heading. */
  beside?: ReactNode;
  children: ReactNode;
}

/** A part of the page with a heading of its own. */
export function Panel({ title, beside, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex min-w-0 flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        {beside}
      </div>
      {children}
    </section>
  );
}
