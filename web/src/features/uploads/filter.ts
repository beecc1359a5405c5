import { dayAfter, daysBefore, isDay, startOfDay } from '@/shared/days';
import { groupOf, MODALITY_GROUPS, type ModalityGroup } from '@/shared/modality';
import { SERVICE_LEVELS, type ServiceLevel } from '@/shared/preferences';

import type { ListQuery, Upload, UploadStatus } from './api';

export const STATUSES = [
  'pending',
  'uploading',
  'processing',
  'completed',
  'failed',
] as const satisfies readonly UploadStatus[];

export const PERIODS = ['today', '7days', '30days', 'own'] as const;
export type Period = (typeof PERIODS)[number];

/** Which uploads a list shows; null stands for all. Nothing of it is about a patient: it may stand in an address. */
export interface Filter {
  status: UploadStatus | null;
  serviceLevel: ServiceLevel | null;
  modality: ModalityGroup | null;
  period: Period | null;
  /** First and last day of the own period, `2026-01-14`; empty where it is open. */
  from: string;
  to: string;
  /** Only the person's own, also for who sees those of others. */
  mine: boolean;
}

export const EVERYTHING: Filter = {
  status: null,
  serviceLevel: null,
  modality: null,
  period: null,
  from: '',
  to: '',
  mine: false,
};

/** Return what an address asks for; what it says that makes no sense counts as not said. */
export function filterFrom(address: URLSearchParams): Filter {
  const oneOf = <T extends string>(name: string, known: readonly T[]): T | null =>
    known.find((value) => value === address.get(name)) ?? null;
  const period = oneOf('period', PERIODS);
  const day = (name: string) => {
    const text = address.get(name) ?? '';
    return period === 'own' && isDay(text) ? text : '';
  };
  return {
    status: oneOf('status', STATUSES),
    serviceLevel: oneOf('priority', SERVICE_LEVELS),
    modality: oneOf('modality', MODALITY_GROUPS),
    period,
    from: day('from'),
    to: day('to'),
    mine: address.get('mine') === 'yes',
  };
}

/** Return the part of an address that asks for this. */
export function addressOf(filter: Filter): URLSearchParams {
  const own = filter.period === 'own';
  const said = {
    status: filter.status,
    priority: filter.serviceLevel,
    modality: filter.modality,
    period: filter.period,
    from: own && filter.from,
    to: own && filter.to,
    mine: filter.mine && 'yes',
  };
  return new URLSearchParams(
    Object.entries(said).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** Return what the API is asked for. The days are those of the reader's time zone. */
export function queryOf(filter: Filter, now: Date): ListQuery {
  const { start, end } = boundsOf(filter, now);
  return {
    ...(filter.status && { status: [filter.status] }),
    ...(filter.serviceLevel && { service_level: [filter.serviceLevel] }),
    ...(filter.modality && { modality: [filter.modality] }),
    ...(start && { created_from: start.toISOString() }),
    ...(end && { created_to: end.toISOString() }),
    ...(filter.mine && { mine: true }),
  };
}

/** The names of what is narrowed, in the order of the form. */
export function narrowedBy(filter: Filter): Exclude<keyof Filter, 'from' | 'to'>[] {
  const names = ['status', 'serviceLevel', 'modality', 'period', 'mine'] as const;
  const isOpen = filter.period === 'own' && !filter.from && !filter.to;
  return names.filter((name) => filter[name] && !(name === 'period' && isOpen));
}

/**
 * Whether an upload is among what the filter shows, as far as the upload itself tells.
 *
 * Whose it is shows only in the sender's name, as the gateway writes it. Without `me` that counts as fitting.
 */
export function fits(upload: Upload, filter: Filter, now: Date, me?: string): boolean {
  const wanted = [
    [filter.status, upload.status],
    [filter.serviceLevel, upload.metadata.service_level],
    [filter.modality, groupOf(upload.metadata.modality)],
    [filter.mine ? (me ?? null) : null, upload.sender],
  ];
  const { start, end } = boundsOf(filter, now);
  const opened = new Date(upload.created_at);
  return (
    wanted.every(([value, own]) => value === null || value === own) &&
    (!start || opened >= start) &&
    (!end || opened < end)
  );
}

interface Bounds {
  start: Date | null;
  /** The first moment that no longer belongs to it. */
  end: Date | null;
}

function boundsOf({ period, from, to }: Filter, now: Date): Bounds {
  switch (period) {
    case null:
      return { start: null, end: null };
    case 'today':
      return { start: daysBefore(now, 0), end: null };
    case '7days':
      return { start: daysBefore(now, 6), end: null };
    case '30days':
      return { start: daysBefore(now, 29), end: null };
    case 'own':
      return { start: from ? startOfDay(from) : null, end: to ? dayAfter(to) : null };
  }
}
