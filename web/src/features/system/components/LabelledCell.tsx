import type { ReactNode } from 'react';

import { TableCell } from '@/shared/ui/Table';

/** A cell of figures; on a phone, where no head stands above it, it says what they are. */
export function LabelledCell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <TableCell className="flex items-baseline justify-between gap-4 text-sm max-lg:py-0.5 lg:block">
      <span aria-hidden className="text-muted lg:hidden">
        {label}
      </span>
      <span className="min-w-0 break-words tabular-nums">{children}</span>
    </TableCell>
  );
}
