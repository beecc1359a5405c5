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
