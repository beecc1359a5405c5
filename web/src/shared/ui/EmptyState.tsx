import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface Props {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
}

export function EmptyState({ icon: Icon, title, children }: Props) {
  return (
    <div className="flex flex-col items-center gap-2 rounded-card border border-dashed border-line px-6 py-16 text-center">
      <Icon aria-hidden className="size-10 text-muted" strokeWidth={1.5} />
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="max-w-prose text-sm text-muted">{children}</div>
    </div>
  );
}
