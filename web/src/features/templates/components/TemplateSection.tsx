import { useId, type ReactNode } from 'react';

interface Props {
  title: string;
  /** What is said where there is none. */
  empty: ReactNode;
  /** The rows. */
  children: ReactNode[];
}

/** Templates of one kind under their heading. */
export function TemplateSection({ title, empty, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <h2 id={id} className="text-lg font-semibold">
        {title}
      </h2>
      {children.length === 0 ? (
        <p className="rounded-card border border-dashed border-line p-6 text-sm text-muted">
          {empty}
        </p>
      ) : (
        <ul
          aria-labelledby={id}
          className="divide-y divide-line rounded-card border border-line bg-surface"
        >
          {children}
        </ul>
      )}
    </section>
  );
}
