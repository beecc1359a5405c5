import { get } from '@/shared/api/client';
import type { Answer, Operation, QueryParameters } from '@/shared/api/types';
import type { ListPage } from '@/shared/listing';

export type AuditEvent = Answer<'/api/v1/audit', 'get'>['items'][number];
export type Action = NonNullable<AuditEvent['action']>;
export type Outcome = NonNullable<AuditEvent['outcome']>;
export type AuditQuery = NonNullable<QueryParameters<Operation<'/api/v1/audit', 'get'>>>;
export type Verification = Answer<'/api/v1/audit/verify', 'get'>;

/** The seal that the event at a position had, as somebody has kept it elsewhere. */
export interface KeptSeal {
  position: number;
  seal: string;
}

/** Every event is read for it: a trail of millions takes minutes. */
const VERIFY_TIMEOUT_MS = 900_000;

/** One page of what was done, the newest first. */
export function fetchEvents(query: AuditQuery, signal: AbortSignal): Promise<ListPage<AuditEvent>> {
  return get('/api/v1/audit', { query, signal });
}

export function verifyTrail(kept: KeptSeal | null): Promise<Verification> {
  return get('/api/v1/audit/verify', {
    query: kept ?? {},
    timeoutMs: VERIFY_TIMEOUT_MS,
    retries: 0,
  });
}
