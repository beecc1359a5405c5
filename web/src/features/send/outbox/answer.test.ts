import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakeGateway } from '@/test/fakeGateway';
import { makeScanned, makeSeries, makeStudy } from '@/test/makeStudy';
import { problem } from '@/test/server';

import { sendUnasked } from './actions';
import { makePart } from './bundle';
import { PartBytes } from './bytes';
import { database } from './db';
import { encodeChunk } from './encode';
import { keep } from './keep';
import { Link } from './link';
import { Sender } from './sender';
import type { Consignment } from './types';
import { putByFetch } from './wire';

const OWNER = 'user-1';
const hands = { makePart, encodeChunk };

/** Put a study of one file into the outbox. */
async function add(uid: string, reportId: string | null): Promise<void> {
  const study = makeStudy({ uid, series: [makeSeries({ files: [makeScanned({ size: 1 })] })] });
  const metadata = {
    patient_name: 'DOE^JANE',
    study_date: '20260114',
    modality: 'CT',
    service_level: 'routine' as const,
  };
  const ready = { study, metadata, preview: null, reportId };
  await keep(ready, OWNER, { hands, bytes: new PartBytes(hands) });
}

/** Send until nothing is left to send, as a page does that has just been opened. */
async function drain(): Promise<void> {
  const sender = new Sender({
    owner: OWNER,
    hands,
    bytes: new PartBytes(hands),
    link: new Link(() => performance.now(), {}),
    put: putByFetch,
    changed: () => undefined,
  });
  const timer = setInterval(() => sender.gate.nudge(), 10);
  await sender.run(AbortSignal.timeout(8_000), true);
  clearInterval(timer);
}

async function only(): Promise<Consignment> {
  const [row] = await database.consignments.toArray();
  if (!row) throw new Error('the outbox is empty');
  return row;
}

let gateway: FakeGateway;

beforeEach(async () => {
  await Promise.all(database.tables.map((table) => table.clear()));
  await session.begin({ access_token: 'access-0', refresh_token: 'refresh-0' });
  gateway = new FakeGateway();
});

describe('an answer in the outbox', () => {
  it('says which question it answers, also after the page was closed; other studies say none', async () => {
    await add('1.1', 'report-1');
    await add('1.2', null);
    await drain();
    const asked = [...gateway.uploads.values()].map(({ reportId }) => reportId);
    expect(asked.toSorted()).toEqual(['report-1', undefined]);
  });

  it('stops when the question was answered meanwhile, and goes without it when told to', async () => {
    gateway.faults.init.push(() => problem(409, 'nothing-asked', 'Nothing asked', 'Answered.'));
    await add('1.1', 'report-1');
    await drain();
    const stopped = await only();
    expect(stopped).toMatchObject({ state: 'stopped', problem: { code: 'nothing-asked' } });
    await sendUnasked(stopped.id);
    await drain();
    expect(await only()).toMatchObject({ state: 'following', reportId: null });
    expect(gateway.uploads.get('upload-1')?.reportId).toBeUndefined();
  });
});
