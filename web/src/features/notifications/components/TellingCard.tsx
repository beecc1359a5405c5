import { useId, type ReactNode } from 'react';

interface Props {
  title: string;
  intro: string;
  children: ReactNode;
}

/** One way of telling people, and what can be done about it. */
export function TellingCard({ title, intro, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="flex min-w-0 flex-col gap-4 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-col gap-1">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        <p className="max-w-prose text-sm text-muted">{intro}</p>
      </div>
      {children}
    </section>
  );
}
