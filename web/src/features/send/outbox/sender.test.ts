import { unzipSync } from 'fflate';
import { HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { FakeGateway } from '@/test/fakeGateway';
import { problem } from '@/test/server';

import type { ScannedFile, ScannedStudy } from '../scan/types';

import type { StudyMetadata } from '../study/form';
import { cancel, changePlaces, pause, sendAllTheSame } from './actions';
import { makePart } from './bundle';
import { PartBytes } from './bytes';
import { database } from './db';
import { encodeChunk } from './encode';
import { fingerprint } from './fingerprint';
import { keep } from './keep';
import { Link } from './link';
import { restore } from './restore';
import { limitTraffic } from './saver';
import { Sender, type Tools } from './sender';
import type { Consignment } from './types';
import { putByFetch } from './wire';

const OWNER = 'user-1';
const KIB = 1024;
const hands = { makePart, encodeChunk };

/** A file whose bytes depend on its name alone; half of it compresses well, as images do. */
function makeFile(name: string, size = 700 * KIB): ScannedFile {
  let seed = Array.from(name).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  const bytes = new Uint8Array(size).map((_, index) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return index % 2 ? 0 : seed % 256;
  });
  return {
    source: { file: new File([bytes], name), member: null },
    label: `folder/${name}`,
    size,
    sopInstanceUid: `1.2.3.${seed}`,
    seriesInstanceUid: '1.2.3',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    instanceNumber: null,
    position: null,
    stack: null,
    frames: 1,
  };
}

function makeStudy(uid: string, files: ScannedFile[]): ScannedStudy {
  return {
    uid,
    attributes: {},
    modalities: { CT: files.length },
    patients: [],
    series: [{ uid: '1.2.3', modality: 'CT', description: '', files }],
    size: files.reduce((sum, file) => sum + file.size, 0),
  };
}

function makeMetadata(over: Partial<StudyMetadata> = {}): StudyMetadata {
  return {
    patient_name: 'DOE^JANE',
    study_date: '20260114',
    modality: 'CT',
    service_level: 'routine',
    ...over,
  };
}

function makeTools(over: Partial<Tools> = {}): Tools {
  return {
    owner: OWNER,
    hands,
    bytes: new PartBytes(hands),
    link: new Link(() => performance.now(), {}),
    put: putByFetch,
    changed: () => undefined,
    ...over,
  };
}

async function add(study: ScannedStudy, over: Partial<StudyMetadata> = {}): Promise<Consignment> {
  const ready = { study, metadata: makeMetadata(over), preview: null, reportId: null };
  await keep(ready, OWNER, { hands, bytes: new PartBytes(hands) });
  const row = await database.consignments
    .where({ owner: OWNER, studyInstanceUid: study.uid })
    .first();
  if (!row) throw new Error('it was not kept');
  return row;
}

/** Send until nothing is left to send, with a gate that never makes a test wait long. */
async function drain(
  tools: Tools = makeTools(),
  meanwhile?: (sender: Sender) => void,
): Promise<void> {
  const sender = new Sender(tools);
  const timer = setInterval(() => sender.gate.nudge(), 10);
  meanwhile?.(sender);
  await sender.run(AbortSignal.timeout(8_000), true);
  clearInterval(timer);
}

const row = async (id: string): Promise<Consignment> => {
  const found = await database.consignments.get(id);
  if (!found) throw new Error('it is not there');
  return found;
};

/** The order in which studies' chunks arrived, each run of the same upload once. */
function arrivals(gateway: FakeGateway): string[] {
  const uploads = gateway.acknowledged.map((name) => name.split('/')[0] ?? '');
  return uploads.filter((upload, index) => upload !== uploads[index - 1]);
}

let gateway: FakeGateway;

beforeEach(async () => {
  await Promise.all(database.tables.map((table) => table.clear()));
  await session.begin({ access_token: 'access-0', refresh_token: 'refresh-0' });
  gateway = new FakeGateway();
});

describe('sending a study', () => {
  it('brings every byte of its parts, the middle slice first, and says so', async () => {
    const files = ['a', 'b', 'c'].map((name) => makeFile(`${name}.dcm`));
    const { id } = await add(makeStudy('1.1', files));
    await drain();
    const sent = await row(id);
    expect(sent).toMatchObject({ state: 'following', uploadId: 'upload-1' });
    const [first, bundle] = gateway.contents('upload-1');
    if (!first || !bundle) throw new Error('two parts were sent');
    const middle = files[1]?.source.file ?? new Blob();
    expect(await fingerprint(first)).toBe(await fingerprint(middle));
    expect(Object.keys(unzipSync(bundle))).toEqual(['folder/a.dcm', 'folder/c.dcm']);
    expect(gateway.uploads.get('upload-1')?.metadata).toMatchObject({ patient_name: 'DOE^JANE' });
  });

  it('sends what is more urgent first, though it came later', async () => {
    await add(makeStudy('1.1', [makeFile('routine.dcm')]));
    await add(makeStudy('1.2', [makeFile('stat.dcm')]), { service_level: 'stat' });
    await drain();
    const metadata = [...gateway.uploads.values()].map((upload) => upload.metadata);
    expect(metadata).toMatchObject([{ service_level: 'stat' }, { service_level: 'routine' }]);
  });

  it('lets a STAT study overtake one that is under way', async () => {
    await add(makeStudy('1.1', [makeFile('long.dcm', 8 * 1024 * KIB)]));
    const stat = makeStudy('1.2', [makeFile('stat.dcm')]);
    const added: Promise<Consignment>[] = [];
    const changed = () => {
      if (added.length === 0) added.push(add(stat, { service_level: 'stat' }));
    };
    await drain(makeTools({ changed }));
    await Promise.all(added);
    expect(arrivals(gateway)).toEqual(['upload-1', 'upload-2', 'upload-1']);
    expect(gateway.contents('upload-1')).toHaveLength(1);
  });

  it('goes in the order that people chose', async () => {
    const first = await add(makeStudy('1.1', [makeFile('first.dcm')]), { patient_name: 'FIRST' });
    const second = await add(makeStudy('1.2', [makeFile('second.dcm')]), {
      patient_name: 'SECOND',
    });
    await changePlaces(first, second);
    await drain();
    const names = [...gateway.uploads.values()].map((upload) => upload.metadata);
    expect(names).toMatchObject([{ patient_name: 'SECOND' }, { patient_name: 'FIRST' }]);
  });

  it('leaves alone what is paused', async () => {
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm')]));
    await pause(id);
    await drain();
    expect(gateway.uploads.size).toBe(0);
  });

  it('leaves alone what another person has in the outbox of this device', async () => {
    await add(makeStudy('1.1', [makeFile('a.dcm')]));
    await drain(makeTools({ owner: 'user-2' }));
    expect(gateway.uploads.size).toBe(0);
  });
});

describe('what the network does', () => {
  it.each([
    ['cuts the connection', () => null],
    ['answers 503', () => problem(503, 'database-unavailable', 'No', '')],
    ['answers as a proxy that knows no gateway', () => new HttpResponse('<html>', { status: 502 })],
    ['says that the bytes were garbled', () => problem(422, 'chunk-checksum-mismatch', 'No', '')],
    ['says that the disk is full', () => problem(507, 'storage-full', 'No', '')],
    ['asks for fewer calls', () => problem(429, 'too-many-requests', 'No', '')],
  ])(
    'only makes it wait when it %s',
    async (_, fault) => {
      gateway.faults.init.push(fault);
      gateway.faults.chunk.push(fault, fault, fault);
      gateway.faults.complete.push(fault);
      const { id } = await add(makeStudy('1.1', [makeFile('a.dcm', 3 * 1024 * KIB)]));
      await drain();
      expect((await row(id)).state).toBe('following');
      expect(gateway.contents('upload-1')).toHaveLength(1);
    },
    15_000,
  );

  it('sends only what is missing when it goes on after the page was closed', async () => {
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm', 6 * 1024 * KIB)]));
    const closed = new AbortController();
    const link = new Link(() => performance.now(), {});
    const tools = makeTools({
      link,
      changed: () => gateway.acknowledged.length >= 2 && closed.abort(),
    });
    await new Sender(tools).run(closed.signal);
    await expect.poll(() => gateway.underWay).toBe(0);
    const before = gateway.acknowledged.length;
    expect(before).toBeLessThan(6);
    await drain();
    expect((await row(id)).state).toBe('following');
    expect(new Set(gateway.acknowledged).size).toBe(gateway.acknowledged.length);
    expect(gateway.acknowledged).toHaveLength(6);
  });

  it('begins anew when the gateway no longer has the upload', async () => {
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm', 3 * 1024 * KIB)]));
    gateway.faults.chunk.push(() => {
      gateway.uploads.clear();
      return null;
    });
    await drain();
    expect((await row(id)).state).toBe('following');
    expect(gateway.contents('upload-2')).toHaveLength(1);
  });

  it('gets a new token for the upload when the old one has expired', async () => {
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm', 3 * 1024 * KIB)]));
    gateway.faults.chunk.push(() => {
      gateway.tokenOf = (uploadId) => `renewed-${uploadId}`;
      return null;
    });
    await drain();
    expect((await row(id)).token).toBe('renewed-upload-1');
    expect(gateway.contents('upload-1')).toHaveLength(1);
  });
});

describe('what needs a person', () => {
  it('stops with the words of a gateway that does not take the form', async () => {
    gateway.faults.init.push(() => problem(400, 'validation-error', 'Invalid', 'No such day.'));
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm')]));
    await drain();
    expect(await row(id)).toMatchObject({
      state: 'stopped',
      problem: { code: 'validation-error', detail: 'No such day.' },
    });
  });

  it('stops at a duplicate, and sends it all the same when told to', async () => {
    gateway.faults.complete.push(() =>
      problem(409, 'duplicate-study', 'Duplicate', 'Sent before.'),
    );
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm')]));
    await drain();
    expect(await row(id)).toMatchObject({ state: 'stopped', problem: { code: 'duplicate-study' } });
    const before = gateway.acknowledged.length;
    await sendAllTheSame(id);
    await drain();
    expect((await row(id)).state).toBe('following');
    expect(gateway.acknowledged).toHaveLength(before);
  });

  it('asks for the files when this device has lost them, and goes on with what is missing', async () => {
    const files = ['a', 'b', 'c'].map((name) => makeFile(`${name}.dcm`, 2 * 1024 * KIB));
    const study = makeStudy('1.1', files);
    const { id } = await add(study);
    const closed = new AbortController();
    await new Sender(
      makeTools({ changed: () => gateway.acknowledged.length >= 2 && closed.abort() }),
    ).run(closed.signal);
    await database.bytes.clear();
    await drain();
    expect(await row(id)).toMatchObject({ state: 'needs-files', problem: { code: 'bytes-lost' } });

    const other = makeStudy('1.1', [...files.slice(0, 2), makeFile('changed.dcm', 2 * 1024 * KIB)]);
    const tools = { hands, bytes: new PartBytes(hands) };
    expect(await restore(await row(id), other, tools)).toBe(false);
    const moved = files.map((file) => ({ ...file, label: `elsewhere/${file.label}` }));
    expect(await restore(await row(id), makeStudy('1.1', moved.toReversed()), tools)).toBe(true);
    await drain();
    expect((await row(id)).state).toBe('following');
    expect(new Set(gateway.acknowledged).size).toBe(gateway.acknowledged.length);
    expect(gateway.contents('upload-1')).toHaveLength(2);
  });

  it('is cancelled at the gateway too', async () => {
    const { id } = await add(makeStudy('1.1', [makeFile('a.dcm')]));
    gateway.faults.complete.push(() => {
      void cancel(id);
      return null;
    });
    await drain();
    expect(await database.consignments.get(id)).toBeUndefined();
    expect(await database.bytes.count()).toBe(0);
    expect(gateway.uploads.size).toBe(0);
  });
});

describe('the data saver', () => {
  it('stops at the limit of the day, but never a STAT study', async () => {
    await limitTraffic(1);
    await add(makeStudy('1.1', [makeFile('a.dcm')]));
    await add(makeStudy('1.2', [makeFile('b.dcm')]));
    await drain();
    expect(gateway.acknowledged.length).toBeGreaterThan(0);
    const before = gateway.acknowledged.length;
    const stat = await add(makeStudy('1.3', [makeFile('c.dcm')]), { service_level: 'stat' });
    await drain();
    expect((await row(stat.id)).state).toBe('following');
    expect(gateway.acknowledged.length).toBeGreaterThan(before);
    expect(
      await database.consignments
        .where({ state: 'queued' })
        .count()
        .catch(() => -1),
    ).not.toBe(0);
  });
});
