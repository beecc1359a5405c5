/** What a chart shows, in rows. The first cell of a row names it. */
export interface TableData {
  columns: readonly string[];
  rows: readonly { key: string; cells: readonly string[] }[];
}
