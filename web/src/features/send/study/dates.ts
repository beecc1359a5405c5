/** Return the DICOM form YYYYMMDD of YYYY-MM-DD, the form of date inputs; empty for what is no day. */
export function compactDate(iso: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return '';
  const day = new Date(`${iso}T00:00:00Z`);
  const real = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso);
  return real ? iso.replaceAll('-', '') : '';
}

/** Return the local day as YYYY-MM-DD. */
export function isoDate(day: Date): string {
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  return [
    digits(day.getFullYear(), 4),
    digits(day.getMonth() + 1, 2),
    digits(day.getDate(), 2),
  ].join('-');
}
