import { dayAfter, isDay, startOfDay } from '@/shared/days';

import { ACTIONS } from './actions';
import type { AuditQuery } from './api';

/** Which events are shown, as a form holds it: empty stands for all. */
export interface AuditFilter {
  action: string;
  outcome: string;
  /** The name that the trail gives who did it. */
  actor: string;
  object: string;
  /** From where it was done. */
  address: string;
  /** First and last day, `2026-01-14`, in the reader's time zone. */
  from: string;
  to: string;
  /** The number of the newest event that is shown. */
  upTo: string;
}

export const EVERYTHING: AuditFilter = {
  action: '',
  outcome: '',
  actor: '',
  object: '',
  address: '',
  from: '',
  to: '',
  upTo: '',
};

export const OUTCOMES = ['success', 'failure'] as const;
const NAMES = Object.keys(EVERYTHING) as (keyof AuditFilter)[];
/** As much as the gateway takes of each. */
export const LIMITS = { actor: 50, object: 64, address: 64, upTo: 15 };

/** Return what an address asks for; what it says that makes no sense counts as not said. */
export function filterFrom(address: URLSearchParams): AuditFilter {
  const said = (name: string) => (address.get(name) ?? '').trim();
  const day = (name: string) => (isDay(said(name)) ? said(name) : '');
  return {
    action: ACTIONS.find((action) => action === said('action')) ?? '',
    outcome: OUTCOMES.find((outcome) => outcome === said('outcome')) ?? '',
    actor: said('actor').slice(0, LIMITS.actor),
    object: said('object').slice(0, LIMITS.object),
    address: said('address').slice(0, LIMITS.address),
    from: day('from'),
    to: day('to'),
    upTo: isPosition(said('upTo')) ? said('upTo') : '',
  };
}

/** Return the part of an address that asks for this. */
export function addressOf(filter: AuditFilter): URLSearchParams {
  return new URLSearchParams(
    NAMES.map((name) => [name, filter[name].trim()]).filter(([, value]) => value),
  );
}

/** Return what the API is asked for. */
export function queryOf(filter: AuditFilter): AuditQuery & Record<string, string> {
  const { action, outcome, actor, object, address, from, to, upTo } = filter;
  const said = {
    action,
    outcome,
    actor,
    object_id: object,
    address,
    since: from && startOfDay(from).toISOString(),
    until: to && dayAfter(to).toISOString(),
    up_to: upTo,
  } satisfies { [Name in keyof AuditQuery]?: string };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}

/** The names of what is narrowed, in the order of the form. */
export function narrowedBy(filter: AuditFilter): (keyof AuditFilter)[] {
  return NAMES.filter((name) => filter[name]);
}

/** Whether a text can be the number of an event. */
export function isPosition(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text);
}
