import type { ComponentProps, ReactNode } from 'react';

import { classes } from './classes';

/*
 * A table that is a grid on wide screens and a list of cards on a phone. The explicit roles keep its meaning:
 * browsers drop a table's semantics once `display` changes.
 */

/** ARIA counts rows from 1, and the head is the first. */
const FIRST_ROW = 2;

interface TableProps {
  label: string;
  /** How many rows there are without the head; undefined while more may follow. */
  rowCount: number | undefined;
  busy?: boolean;
  children: ReactNode;
}

export function Table({ label, rowCount, busy, children }: TableProps) {
  return (
    <div
      role="table"
      aria-label={label}
      aria-rowcount={rowCount === undefined ? -1 : rowCount + FIRST_ROW - 1}
      aria-busy={busy}
      className="overflow-clip rounded-card border border-line bg-surface"
    >
      {children}
    </div>
  );
}

interface HeadProps {
  columns: string[];
  /** Grid template of the row, for example `lg:grid-cols-[2fr_1fr]`; rows take the same. */
  template: string;
}

export function TableHead({ columns, template }: HeadProps) {
  return (
    <div role="rowgroup" className="z-1 max-lg:sr-only lg:sticky lg:top-0">
      <div
        role="row"
        className={classes(
          'border-b border-line bg-sunken px-4 py-2.5 text-sm font-semibold text-muted lg:grid lg:gap-x-4',
          template,
        )}
      >
        {columns.map((column) => (
          <span key={column} role="columnheader">
            {column}
          </span>
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  template: string;
  /** Counts from 0, over all rows of the table whether drawn or not. */
  index: number;
  /** Finds the row's element again, wherever the table puts it: `[data-row="…"]`. */
  rowKey?: string;
  className?: string;
  children: ReactNode;
}

export function TableRow({ template, index, rowKey, className, children }: RowProps) {
  return (
    <div
      role="row"
      data-row={rowKey}
      aria-rowindex={index + FIRST_ROW}
      className={classes(
        'relative px-4 py-3 lg:grid lg:items-center lg:gap-x-4',
        template,
        className,
      )}
    >
      {children}
    </div>
  );
}

export function TableCell({ className, ...rest }: ComponentProps<'div'>) {
  return <div role="cell" {...rest} className={classes('min-w-0', className)} />;
}
