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
      role="region"
      aria-label={caption}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-control border border-line"
    >
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-sunken text-muted">
          <tr>
            <th scope="col" className="px-3 py-2 text-start font-semibold">
              {first}
            </th>
            {others.map((column) => (
              <th key={column} scope="col" className="px-3 py-2 text-end font-semibold">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(({ key, cells: [name, ...values] }) => (
            <tr key={key}>
              <th scope="row" className="px-3 py-2 text-start font-medium">
                {name}
              </th>
              {values.map((value, column) => (
                <td key={column} className="px-3 py-2 text-end tabular-nums">
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
