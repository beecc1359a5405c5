import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { TableCell } from '@/shared/ui/Table';
import { classes } from '@/shared/ui/classes';

interface Props {
  label: string;
  /** Null: there is none, which is not worth a line on a phone. */
  children: ReactNode;
}

/** A cell of figures; on a phone, where no head stands above it, it says what they are. */
export function LabelledCell({ label, children }: Props) {
  const { t } = useTranslation('system');
  const isNone = children === null;
  return (
    <TableCell
      className={classes(
        'flex items-baseline justify-between gap-4 text-sm max-lg:py-0.5 lg:block',
        isNone && 'max-lg:hidden',
      )}
    >
      <span aria-hidden className="text-muted lg:hidden">
        {label}
      </span>
      <span className="min-w-0 break-words tabular-nums">
        {isNone ? <span className="text-muted">{t('none')}</span> : children}
      </span>
    </TableCell>
  );
}
