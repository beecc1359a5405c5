import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface Props {
  icon: LucideIcon;
  title: string;
  /** 1 where nothing else on the page is its heading. */
  level?: 1 | 2;
  children?: ReactNode;
}

export function EmptyState({ icon: Icon, title, level = 2, children }: Props) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="flex flex-col items-center gap-2 rounded-card border border-dashed border-line px-6 py-16 text-center">
      <Icon aria-hidden className="size-10 text-muted" strokeWidth={1.5} />
      <Heading className="text-lg font-semibold">{title}</Heading>
      <div className="max-w-prose text-sm text-muted">{children}</div>
    </div>
  );
}
