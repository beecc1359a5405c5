import { compareTexts, type Order } from '@/shared/listing';

import type { Delivery, Instance } from './api';

/** What a delivery does, as far as somebody who looks wants to know. */
export type Doing = Delivery['state'] | 'underWay' | 'failing' | 'destinationOff';

export function doingOf(delivery: Delivery): Doing {
  if (delivery.state !== 'waiting') return delivery.state;
  if (delivery.under_way) return 'underWay';
  if (!delivery.is_destination_enabled) return 'destinationOff';
  return delivery.failing_since === null ? 'waiting' : 'failing';
}

export function mayBeRetried({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'attention' || state === 'cancelled';
}

export function mayBeCancelled({ state }: Delivery): boolean {
  return state !== 'verified' && state !== 'cancelled';
}

/** Whether it may change by itself. */
export function moves({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'attention';
}

/** Newest first: ids are ordered by time (UUID of version 7), also as text. */
export const NEWEST_FIRST: Order<Delivery> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(second.id, first.id),
};

export const AS_RECEIVED: Order<Instance> = {
  keyOf: ({ id }) => id,
  compare: (first, second) => compareTexts(first.id, second.id),
};

/** The end of an id, by which people tell ids of the same hour apart. */
export function shortId(id: string): string {
  return id.slice(-12);
}
