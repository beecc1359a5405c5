import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { dateTime, dicomDate, timeOfDay } from './dates';
import { byteSize, duration, percent } from './numbers';

export interface Format {
  dicomDate: (value: string) => string;
  dateTime: (iso: string) => string;
  timeOfDay: (instant: Date) => string;
  bytes: (value: number) => string;
  percent: (part: number, whole: number) => string;
  count: (value: number) => string;
  duration: (seconds: number) => string;
}

/** Formatters in the language that is shown, with the habits of the reader's region (en-GB, en-US). */
export function useFormat(): Format {
  const shown = useTranslation().i18n.language;
  return useMemo(() => {
    const language = navigator.languages.find((tag) => tag.split('-')[0] === shown) ?? shown;
    return {
      dicomDate: (value) => dicomDate(value, language),
      dateTime: (iso) => dateTime(iso, language),
      timeOfDay: (instant) => timeOfDay(instant, language),
      bytes: (value) => byteSize(value, language),
      percent: (part, whole) => percent(part, whole, language),
      duration: (seconds) => duration(seconds, language),
      count: (value) => new Intl.NumberFormat(language).format(value),
    };
  }, [shown]);
}
