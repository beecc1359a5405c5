import type { Figures, Numbers, TrendPoint } from '@/features/analytics/api';
import type { Period } from '@/features/analytics/question';

const DAY_MS = 86_400_000;
const END = Date.UTC(2026, 0, 15);

/** What was counted where nothing was sent. */
export function makeFigures(changes: Partial<Figures> = {}): Figures {
  return {
    uploads: 0,
    instances: 0,
    bytes: 0,
    bytes_saved: 0,
    completed: 0,
    failed: 0,
    under_way: 0,
    success_rate: null,
    by_modality: [],
    by_service_level: [],
    failures: [],
    to_verified: { count: 0, p50_seconds: null, p95_seconds: null },
    reports_ready: 0,
    reports_open: 0,
    ...changes,
  };
}

/** A period of a week in which this was counted, on its last day; the period before had nothing unless told otherwise. */
export function makeNumbers(
  now: Partial<Figures> = {},
  { before = {}, period = '1w' }: { before?: Partial<Figures> | null; period?: Period } = {},
): Numbers {
  const figures = makeFigures(now);
  const days = 7;
  const day = (back: number) => new Date(END - back * DAY_MS).toISOString();
  const whole = {
    period,
    start: day(days),
    end: day(0),
    scope: 'all',
    generated_at: new Date(END - 60_000).toISOString(),
  } as const;
  const compared = {
    ...whole,
    before_start: before && day(2 * days),
    before_end: before && day(days),
  };
  const points = Array.from({ length: days }, (_, index): TrendPoint => {
    const isLast = index === days - 1;
    const { uploads, completed, failed, bytes, reports_ready } = makeFigures(isLast ? now : {});
    return { start: day(days - index), uploads, completed, failed, bytes, reports_ready };
  });
  const levels = (['stat', 'emergency', 'routine', 'subspecialty'] as const).map((level) => ({
    service_level: level,
    target_seconds: 3_600,
    count: level === 'stat' ? figures.reports_ready : 0,
    within_target: level === 'stat' ? figures.reports_ready : 0,
    p50_seconds: level === 'stat' && figures.reports_ready > 0 ? 1_200 : null,
    p95_seconds: level === 'stat' && figures.reports_ready > 0 ? 2_400 : null,
  }));
  return {
    summary: { ...compared, now: figures, before: before && makeFigures(before) },
    trend: { ...whole, grain: 'day', points },
    turnaround: { ...compared, levels, before: null },
  };
}
