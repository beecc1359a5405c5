import type { Message, Type, Webhook } from './api';

/** What a webhook can be told of, in the order in which it is offered. */
const OFFERED: Record<Type, true> = {
  report_ready: true,
  report_addendum: true,
  critical_result: true,
  report_assigned: true,
  additional_data_required: true,
  upload_complete: true,
  upload_failed: true,
  upload_held: true,
  delivery_alert: true,
  storage_alert: true,
  webhook_alert: true,
};
export const TYPES = Object.keys(OFFERED) as Type[];

/** Whether the app has a name for it: a gateway may be newer. */
export function isKnown(type: string): type is Type {
  return Object.hasOwn(OFFERED, type);
}

export type Standing = 'off' | 'parked' | 'failing' | 'on' | 'idle';

/** How a webhook is doing; `idle`: on, and not called yet. */
export function standingOf(webhook: Webhook): Standing {
  if (!webhook.enabled) return 'off';
  if (webhook.parked_at !== null) return 'parked';
  if (webhook.failing_since !== null) return 'failing';
  return webhook.last_success_at === null ? 'idle' : 'on';
}

/** Whether a call will be made again by itself. */
export function isWaiting({ state }: Message): boolean {
  return state === 'waiting';
}

/** What somebody says of a webhook in a form. */
export interface Values {
  url: string;
  types: ReadonlySet<Type>;
}

export function valuesOf({ url, types }: Webhook): Values {
  return { url, types: new Set(types) };
}

export function saysTheSame(first: Values, second: Values): boolean {
  const types = [...first.types];
  const areSame =
    types.length === second.types.size && types.every((type) => second.types.has(type));
  return areSame && first.url.trim() === second.url;
}
