import { CAUSES, type Cause } from '@/shared/pacs/causes';

import type { DeliveryState, ListQuery } from './api';

export const STATES = [
  'waiting',
  'attention',
  'verified',
  'paused',
  'cancelled',
] as const satisfies readonly DeliveryState[];

export const AGES = ['hour', 'day', 'week'] as const;
export type Age = (typeof AGES)[number];

const HOUR_MS = 3_600_000;
const LENGTHS: Record<Age, number> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };

/** Which deliveries a list shows; null stands for all. Nothing of it is about a patient: it may stand in an address. */
export interface Filter {
  state: DeliveryState | null;
  destinationId: string | null;
  cause: Cause | null;
  /** Only those that are older. */
  age: Age | null;
  /** The id of a delivery, an upload or a report. */
  about: string | null;
}

export const EVERYTHING: Filter = {
  state: null,
  destinationId: null,
  cause: null,
  age: null,
  about: null,
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Return the id that somebody has typed or pasted; null where it is none. */
export function idIn(text: string): string | null {
  const id = text.trim().toLowerCase();
  return ID.test(id) ? id : null;
}

/** Return what an address asks for; what it says that makes no sense counts as not said. */
export function filterFrom(address: URLSearchParams): Filter {
  const oneOf = <T extends string>(name: string, known: readonly T[]): T | null =>
    known.find((value) => value === address.get(name)) ?? null;
  return {
    state: oneOf('state', STATES),
    destinationId: idIn(address.get('destination') ?? ''),
    cause: oneOf('cause', CAUSES),
    age: oneOf('older', AGES),
    about: idIn(address.get('about') ?? ''),
  };
}

/** Return the part of an address that asks for this. */
export function addressOf(filter: Filter): URLSearchParams {
  const said = {
    state: filter.state,
    destination: filter.destinationId,
    cause: filter.cause,
    older: filter.age,
    about: filter.about,
  };
  return new URLSearchParams(
    Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Return what the API is asked for. */
export function queryOf({ state, destinationId, cause, age, about }: Filter, now: Date): ListQuery {
  return {
    ...(state && { state }),
    ...(destinationId && { destination_id: destinationId }),
    ...(cause && { cause }),
    ...(age && { created_before: new Date(now.getTime() - LENGTHS[age]).toISOString() }),
    ...(about && { about }),
  };
}

/** The names of what is narrowed, in the order of the form. */
export function narrowedBy(filter: Filter): (keyof Filter)[] {
  const names = ['state', 'destinationId', 'cause', 'age', 'about'] as const;
  return names.filter((name) => filter[name] !== null);
}

/** Whether trying again may change anything of what is shown. */
export function mayRetry({ state }: Filter): boolean {
  return state !== 'verified' && state !== 'paused';
}
