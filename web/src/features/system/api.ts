import { get } from '@/shared/api/client';
import type { Answer, Body } from '@/shared/api/types';

type Said = Answer<'/api/v1/system', 'get'>;
/** The server's description calls optional what has a default; in its answers all of it is there. */
export type System = Omit<Said, 'database' | 'storage' | 'concerns'> & {
  database: Required<Said['database']>;
  storage: Required<Said['storage']>;
  concerns: Required<Said['concerns'][number]>[];
};
export type Concern = System['concerns'][number];
export type Destination = NonNullable<System['destinations']>[number];
export type Job = NonNullable<System['jobs']>[number];
export type Queue = NonNullable<System['queue']>;
export type Part = System['unanswered'][number]['part'];

type View = Answer<'/api/v1/upload', 'get'>['items'][number];
/** The server's description leaves open what it stored as JSON; it is what the form of the study gave. */
export type HeldUpload = Omit<View, 'metadata'> & {
  metadata: Body<'/api/v1/upload/init', 'post'>['metadata'];
};

const PER_PAGE = 200;

export async function fetchSystem(signal: AbortSignal): Promise<System> {
  return (await get('/api/v1/system', { signal })) as System;
}

/** Every upload that waits for a decision, the one that was opened first at the top. */
export async function fetchHeld(signal: AbortSignal): Promise<HeldUpload[]> {
  const held: HeldUpload[] = [];
  let cursor: string | null = null;
  do {
    const page: Answer<'/api/v1/upload', 'get'> = await get('/api/v1/upload', {
      query: { stage: ['held'], limit: PER_PAGE, ...(cursor !== null && { cursor }) },
      signal,
    });
    held.push(...(page.items as HeldUpload[]));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return held.toReversed();
}
