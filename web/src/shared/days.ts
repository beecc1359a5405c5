/* Days of the reader's time zone, written as date fields have them: `2026-01-14`. */

/** Whether a text is a day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00`);
}

export function dayAfter(day: string): Date {
  const date = startOfDay(day);
  date.setDate(date.getDate() + 1);
  return date;
}

/** The start of the day that lies so many days before this moment's. */
export function daysBefore(moment: Date, days: number): Date {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - days);
}
