import { dateFormat } from './intl';

/** Return a DICOM date (`20260114`, PS3.5 6.2) as a local reader writes it; other text as it is. */
export function dicomDate(value: string, language: string): string {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(value);
  if (!match) return value;
  const date = new Date(`${match.slice(1).join('-')}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return value;
  return dateFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(date);
}

/** Return an instant (ISO 8601) in the reader's own time zone. */
export function dateTime(iso: string, language: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** Return the time of day in the reader's own time zone. */
export function timeOfDay(instant: Date, language: string): string {
  return dateFormat(language, { timeStyle: 'short' }).format(instant);
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Return how long ago an instant (ISO 8601) was, in its largest whole unit. What lies ahead, since clocks differ, is now. */
export function timeAgo(iso: string, now: Date, language: string): string {
  const at = new Date(iso).getTime();
  if (Number.isNaN(at)) return iso;
  const seconds = Math.max(0, (now.getTime() - at) / 1000);
  const [unit, size] = UNITS.find(([, length]) => seconds >= length) ?? ['second', Infinity];
  // 47 hours ago need not have been yesterday, as it would be called with figures left out.
  const numeric = unit === 'second' ? 'auto' : 'always';
  return new Intl.RelativeTimeFormat(language, { numeric }).format(
    -Math.floor(seconds / size),
    unit,
  );
}
