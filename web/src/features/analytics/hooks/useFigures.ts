import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { dateFormat, numberFormat } from '@/shared/format/intl';
import { localeOf, useFormat, type Format } from '@/shared/format/useFormat';

import type { Trend } from '../api';

export interface FigureFormat extends Pick<Format, 'count' | 'bytes' | 'duration' | 'dateTime'> {
  /** A number in few letters, for axes: 1.2M. */
  short: (value: number) => string;
  /** A share with one decimal, rounded down: 100 % means all of it. */
  share: (value: number) => string;
  /** A share with its sign: +15 %. */
  signedShare: (value: number) => string;
  /** A number with one decimal at most. */
  decimal: (value: number) => string;
  /** The first and the last day of a period; the second instant no longer belongs to it. */
  days: (start: string, end: string) => string;
  /** Where a point of the trend begins, as it stands at an axis. */
  point: (start: string, grain: Trend['grain']) => string;
}

/** Formatters for what the page shows. Days are those of UTC, as the gateway counts them. */
export function useFigures(): FigureFormat {
  const format = useFormat();
  const shown = useTranslation().i18n.language;
  return useMemo(() => {
    const locale = localeOf(shown);
    const percent = (value: number, options: Intl.NumberFormatOptions) =>
      numberFormat(locale, { style: 'percent', ...options }).format(value);
    const day = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
    const month = { month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
    return {
      ...format,
      short: (value) =>
        numberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value),
      share: (value) => percent(floored(value), { maximumFractionDigits: 1 }),
      signedShare: (value) => percent(value, { signDisplay: 'exceptZero' }),
      decimal: (value) => numberFormat(locale, { maximumFractionDigits: 1 }).format(value),
      days: (start, end) =>
        dateFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(
          new Date(start),
          // The end is no part of it.
          new Date(new Date(end).getTime() - 1),
        ),
      point: (start, grain) =>
        dateFormat(locale, grain === 'month' ? month : day).format(new Date(start)),
    };
  }, [format, shown]);
}

/** Down to a thousandth, whatever the binary form of the number makes of it. */
function floored(value: number): number {
  return Math.floor(value * 1000 + 1e-9) / 1000;
}
