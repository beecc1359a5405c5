import type { TableData } from '../tables';

interface Props extends TableData {
  /** What it is a table of. */
  caption: string;
}

/** The numbers of a chart as a table, which scrolls in its own place where it is long. */
export function DataTable({ caption, columns, rows }: Props) {
  const [first, ...others] = columns;
  return (
    <div
      role="group"
      aria-label={caption}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-control border border-line"
    >
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-2 bg-sunken text-muted">
          <tr>
            <th
              scope="col"
              className="sticky start-0 bg-sunken px-2 py-2 text-start font-semibold sm:px-3"
            >
              {first}
            </th>
            {others.map((column) => (
              <th key={column} scope="col" className="px-2 py-2 text-end font-semibold sm:px-3">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(({ key, cells: [name, ...values] }) => (
            <tr key={key}>
              <th
                scope="row"
                className="sticky start-0 z-1 bg-surface px-2 py-2 text-start font-medium sm:px-3"
              >
                {name}
              </th>
              {values.map((value, column) => (
                <td
                  key={column}
                  className="px-2 py-2 text-end whitespace-nowrap tabular-nums sm:px-3"
                >
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
