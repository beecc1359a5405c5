import { numberFormat } from './intl';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Return a size with a decimal unit and about three digits: 158 MB, 1.2 GB. Nothing is 0 kB. */
export function byteSize(bytes: number, language: string): string {
  const step =
    bytes === 0
      ? 1
      : bytes < 1000
        ? 0
        : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return numberFormat(language, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: bytes / 1000 ** step < 100 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}

/** Return a share in whole percent, rounded down: 100 % means all of it. */
export function percent(part: number, whole: number, language: string): string {
  const share = whole > 0 ? Math.floor((part / whole) * 100) / 100 : 0;
  return numberFormat(language, { style: 'percent' }).format(share);
}

/** Return a length of time in its largest whole unit, rounded up: 12 sec, 3 min, 1.5 hr. */
export function duration(seconds: number, language: string): string {
  const [value, unit] =
    seconds < 60
      ? [Math.ceil(seconds), 'second']
      : seconds < 3600
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 360) / 10, 'hour'];
  return numberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** Return how long something took: 12 ms, 3 sec. */
export function elapsed(milliseconds: number, language: string): string {
  if (milliseconds >= 1000) return duration(milliseconds / 1000, language);
  return numberFormat(language, {
    style: 'unit',
    unit: 'millisecond',
    unitDisplay: 'short',
  }).format(milliseconds);
}

const SPANS = [
  ['day', 86_400, 'hour', 3_600],
  ['hour', 3_600, 'minute', 60],
] as const;

/** Return a length of time in its two largest units, rounded down: 3 days 4 hr, 2 hr 5 min, 12 min. */
export function timeSpan(seconds: number, language: string): string {
  const format = (value: number, unit: string) =>
    numberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
  const large = SPANS.find(([, size]) => seconds >= size);
  if (!large) return format(Math.floor(seconds / 60), 'minute');
  const [unit, size, nextUnit, nextSize] = large;
  const rest = Math.floor((seconds % size) / nextSize);
  const parts = [format(Math.floor(seconds / size), unit)];
  if (rest > 0) parts.push(format(rest, nextUnit));
  return parts.join(' ');
}
