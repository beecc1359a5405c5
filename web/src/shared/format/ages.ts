import { numberFormat } from './intl';

export interface Age {
  value: number;
  unit: 'day' | 'month' | 'year';
}

const DATE = /^(\d{4})(\d{2})(\d{2})$/;
const DAY_MS = 86_400_000;
/** A child's age is said in months until so many, and in days until one. */
const MOST_MONTHS = 24;

/** Return how old a patient was on a day; null where the dates (`20260114`, PS3.5 6.2) do not tell. */
export function ageOn(birthDate: string | null, day: string): Age | null {
  const [born, then] = [dayOf(birthDate ?? ''), dayOf(day)];
  if (!born || !then || then < born) return null;
  const months =
    (then.getUTCFullYear() - born.getUTCFullYear()) * 12 +
    (then.getUTCMonth() - born.getUTCMonth()) -
    (then.getUTCDate() < born.getUTCDate() ? 1 : 0);
  if (months >= MOST_MONTHS) return { value: Math.floor(months / 12), unit: 'year' };
  if (months >= 1) return { value: months, unit: 'month' };
  return { value: Math.floor((then.getTime() - born.getTime()) / DAY_MS), unit: 'day' };
}

/** Return an age as people write it: 61 yrs, 7 mths. */
export function ageText({ value, unit }: Age, language: string): string {
  return numberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

function dayOf(text: string): Date | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  // There is no 30th of February; JavaScript makes another day of it.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
}
