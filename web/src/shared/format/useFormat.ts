import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { ageText, type Age } from './ages';
import { dateTime, dicomDate, timeAgo, timeOfDay } from './dates';
import { numberFormat } from './intl';
import { byteSize, duration, elapsed, percent, timeSpan } from './numbers';

export interface Format {
  dicomDate: (value: string) => string;
  dateTime: (iso: string) => string;
  timeOfDay: (instant: Date) => string;
  timeAgo: (iso: string, now: Date) => string;
  bytes: (value: number) => string;
  percent: (part: number, whole: number) => string;
  count: (value: number) => string;
  duration: (seconds: number) => string;
  elapsed: (milliseconds: number) => string;
  timeSpan: (seconds: number) => string;
  age: (age: Age) => string;
}

/**
 * Return the reader's own locale for a language, with Latin digits and the Gregorian calendar.
 *
 * Both matter in Arabic alone, whose locales differ: IDs, UIDs and figures from the files stand in Latin digits beside
 * ours and have to be compared with them at a glance, and a study's date is Gregorian (PS3.5 6.2) where the
 * country's habit would be the Islamic year.
 */
export function localeOf(language: string): string {
  const tag = navigator.languages.find((own) => own.split('-')[0] === language) ?? language;
  return new Intl.Locale(tag, { numberingSystem: 'latn', calendar: 'gregory' }).toString();
}

/** Formatters in the language that is shown, with the habits of the reader's region (en-GB, en-US). */
export function useFormat(): Format {
  const shown = useTranslation().i18n.language;
  return useMemo(() => {
    const language = localeOf(shown);
    return {
      dicomDate: (value) => dicomDate(value, language),
      dateTime: (iso) => dateTime(iso, language),
      timeOfDay: (instant) => timeOfDay(instant, language),
      timeAgo: (iso, now) => timeAgo(iso, now, language),
      bytes: (value) => byteSize(value, language),
      percent: (part, whole) => percent(part, whole, language),
      duration: (seconds) => duration(seconds, language),
      elapsed: (milliseconds) => elapsed(milliseconds, language),
      timeSpan: (seconds) => timeSpan(seconds, language),
      age: (age) => ageText(age, language),
      count: (value) => numberFormat(language).format(value),
    };
  }, [shown]);
}
