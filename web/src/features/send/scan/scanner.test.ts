// @vitest-environment node
import { zipSync, type Zippable } from 'fflate';
import { describe, expect, it, vi } from 'vitest';

import {
  DEFLATED,
  EXPLICIT_BIG,
  IMPLICIT_LITTLE,
  makeDicom,
  makeDicomFile,
  makeStack,
  STUDY_UID,
} from '@/test/makeDicom';

import { Scanner, scanPicked } from './scanner';
import type { PickedFile, Scan } from './types';

function picked(...files: File[]): PickedFile[] {
  return files.map((file) => ({ file, label: file.name }));
}

function makeZip(members: Zippable, name = 'cd.zip'): File {
  return new File([zipSync(members)], name);
}

function labelsOf(scan: Scan): string[] {
  return scan.studies.flatMap(({ series }) =>
    series.flatMap(({ files }) => files.map(({ label }) => label)),
  );
}

function reasonsOf(scan: Scan): [string, string][] {
  return scan.skipped.map(({ label, why }) => [label, why]);
}

describe('scanPicked', () => {
  it('puts files together into studies and series', async () => {
    const scan = await scanPicked(
      picked(
        makeDicomFile('a', { SeriesInstanceUID: '1.2.9', SeriesNumber: 2, Modality: 'SR' }),
        makeDicomFile('b', { SeriesNumber: 1, SeriesDescription: 'THORAX' }),
        makeDicomFile('c', { StudyInstanceUID: '1.2.3', PatientName: 'ROE^RICHARD' }),
      ),
    );
    expect(scan.skipped).toEqual([]);
    expect(scan.studies.map(({ uid }) => uid)).toEqual([STUDY_UID, '1.2.3']);
    const [study] = scan.studies;
    expect(study?.attributes).toMatchObject({ PatientName: 'DOE^JANE', StudyDate: '20260114' });
    expect(study?.modalities).toEqual({ SR: 1, CT: 1 });
    expect(study?.series.map(({ description }) => description)).toEqual(['THORAX', '']);
    expect(study?.patients).toEqual([
      { name: 'DOE^JANE', id: 'P1', birthDate: '19700101', files: 2 },
    ]);
  });

  it.each([
    ['implicit', IMPLICIT_LITTLE],
    ['big-endian', EXPLICIT_BIG],
    ['deflated', DEFLATED],
  ])('reads %s files', async (_, syntax) => {
    const file = makeDicomFile('a', { InstanceNumber: 7, NumberOfFrames: 3 }, syntax);
    const scan = await scanPicked(picked(file));
    expect(scan.studies[0]?.series[0]?.files[0]).toMatchObject({
      instanceNumber: 7,
      frames: 3,
      transferSyntaxUid: syntax,
      size: file.size,
    });
  });

  it('orders slices by where they lie, else by number', async () => {
    const stack = makeStack(12).reverse();
    const byPosition = await scanPicked(picked(...stack));
    expect(labelsOf(byPosition)).toEqual(stack.map(({ name }) => name).reverse());
    const numbered = [10, 9, 2].map((number) =>
      makeDicomFile(`n${number}`, { InstanceNumber: number }),
    );
    expect(labelsOf(await scanPicked(picked(...numbered)))).toEqual(['n2', 'n9', 'n10']);
  });

  it('says why it leaves something out', async () => {
    const scan = await scanPicked(
      picked(
        new File(['readme'], 'README.TXT'),
        new File([], 'empty'),
        makeDicomFile('DICOMDIR', { SOPClassUID: '1.2.840.10008.1.3.10' }),
        makeDicomFile('orphan', { StudyInstanceUID: null }),
        makeDicomFile('path', { StudyInstanceUID: '../../etc' }),
        new File([makeDicom().slice(0, 140)], 'cut'),
        new File(['Rar!....'], 'cd.rar'),
        new File(['PK\x03\x04 and no more'], 'cut.zip'),
        new File(['PK\x03\x04 and no more'], 'viewer.jar'),
      ),
    );
    expect(scan.studies).toEqual([]);
    expect(reasonsOf(scan)).toEqual([
      ['README.TXT', 'not-dicom'],
      ['empty', 'empty'],
      ['DICOMDIR', 'dicomdir'],
      ['orphan', 'no-study'],
      ['path', 'no-study'],
      ['cut', 'unreadable'],
      ['cd.rar', 'archive-of-other-kind'],
      ['cut.zip', 'broken-archive'],
      ['viewer.jar', 'not-dicom'],
    ]);
  });

  it('takes a file that breaks off behind its header: the gateway judges it', async () => {
    const whole = makeDicom();
    const scan = await scanPicked(picked(new File([whole.slice(0, -20)], 'cut')));
    expect(labelsOf(scan)).toEqual(['cut']);
  });

  it('finds the members of a ZIP', async () => {
    const inner = zipSync({ a: makeDicom() });
    const scan = await scanPicked(
      picked(
        makeZip({
          IMAGES: { 'IM1.dcm': makeDicom(), 'IM2.dcm': [makeDicom(), { level: 0 }] },
          'inner.zip': inner,
          'readme.txt': new Uint8Array([65]),
        }),
      ),
    );
    expect(labelsOf(scan)).toEqual(['cd.zip/IMAGES/IM1.dcm', 'cd.zip/IMAGES/IM2.dcm']);
    expect(reasonsOf(scan)).toEqual([
      ['cd.zip/inner.zip', 'archive-in-archive'],
      ['cd.zip/readme.txt', 'not-dicom'],
    ]);
    expect(scan.studies[0]?.series[0]?.files.map(({ source }) => source.member?.deflated)).toEqual([
      true,
      false,
    ]);
  });

  it('passes over encrypted members', async () => {
    const bytes = zipSync({ 'secret.dcm': makeDicom() });
    const directory = [...bytes.keys()].find(
      (at) => String.fromCharCode(...bytes.subarray(at, at + 4)) === 'PK\x01\x02',
    );
    bytes[Number(directory) + 8] = 1; // flags, bit 0 (APPNOTE 4.4.4)
    const scan = await scanPicked(picked(new File([bytes], 'cd.zip')));
    expect(reasonsOf(scan)).toEqual([['cd.zip/secret.dcm', 'encrypted']]);
  });

  it('leaves out copies, but not other content under the same UID', async () => {
    const bytes = makeDicom({ SOPInstanceUID: '1.2.3.4' });
    const other = bytes.slice();
    other[other.length - 1] = 1;
    const scan = await scanPicked(
      picked(new File([bytes], 'one'), new File([bytes], 'copy'), new File([other], 'other')),
    );
    expect(labelsOf(scan)).toEqual(['one', 'other']);
    expect(scan.skipped).toEqual([{ label: 'copy', why: 'repeated', studyUid: STUDY_UID }]);
  });

  it('finds a copy in a ZIP', async () => {
    const bytes = makeDicom();
    const scan = await scanPicked(picked(new File([bytes], 'one'), makeZip({ two: bytes })));
    expect(reasonsOf(scan)).toEqual([['cd.zip/two', 'repeated']]);
  });

  it('tells patients apart as the gateway does', async () => {
    const scan = await scanPicked(
      picked(
        makeDicomFile('a', { PatientID: null, PatientName: 'Doe^Jane' }),
        makeDicomFile('b', { PatientID: null, PatientName: 'DOE JANE' }),
        makeDicomFile('c', { PatientID: 'P2', PatientName: 'DOE^JANE' }),
      ),
    );
    expect(scan.studies[0]?.patients.map(({ id, files }) => [id, files])).toEqual([
      ['', 2],
      ['P2', 1],
    ]);
  });

  it('reads no more of a file than its header takes', async () => {
    const header = makeDicom({ PixelData: null });
    const file = makeDicomFile('big', { PixelData: new Uint8Array(4 * 1024 ** 2) });
    const slice = vi.spyOn(file, 'slice');
    const scan = await scanPicked(picked(file));
    expect(labelsOf(scan)).toEqual(['big']);
    expect(header.length).toBeLessThan(16 * 1024);
    expect(slice.mock.calls).toEqual([[0, 16 * 1024]]);
  });

  it('reads on where a header is longer, and past a value that no study needs', async () => {
    const files = [100_000, 40_000_000].map((length) =>
      makeDicomFile(`private${length}`, { PrivateNote: new Uint8Array(length) }),
    );
    const slice = files.map((file) => vi.spyOn(file, 'slice'));
    const scan = await scanPicked(picked(...files));
    expect(labelsOf(scan)).toHaveLength(2);
    for (const spy of slice) {
      expect(Math.max(...spy.mock.calls.map(([, end = 0]) => end))).toBeLessThanOrEqual(262_144);
    }
  });

  it('says how far it is, members of ZIPs counted', async () => {
    const onProgress = vi.fn();
    const zip = makeZip({ a: makeDicom(), b: makeDicom() });
    await scanPicked(picked(zip, new File(['x'], 'x')), { onProgress });
    expect(onProgress).toHaveBeenCalledWith({ done: 0, total: 2, found: 0 });
    expect(onProgress).toHaveBeenLastCalledWith({ done: 3, total: 3, found: 2 });
  });

  it('can be stopped, and then has kept nothing', async () => {
    const scanner = new Scanner();
    const stop = new AbortController();
    const scan = scanner.add(picked(...makeStack(50)), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(scan).rejects.toThrow(/abort/i);
    expect(labelsOf(await scanner.add(picked(makeDicomFile('a'))))).toEqual(['a']);
  });
});

describe('Scanner', () => {
  it('puts one pick to the other, and forgets what was sent', async () => {
    const scanner = new Scanner();
    const [one, two, three] = makeStack(3) as [File, File, File];
    await scanner.add(picked(one, makeDicomFile('x', { StudyInstanceUID: '1.2.3' })));
    const both = await scanner.add(picked(two, one));
    expect(both.studies.map(({ series }) => series[0]?.files.length)).toEqual([2, 1]);
    expect(reasonsOf(both)).toEqual([['IM0001', 'repeated']]);
    scanner.forget(STUDY_UID);
    const later = await scanner.add(picked(three));
    expect(later.studies.map(({ uid }) => uid)).toEqual(['1.2.3', STUDY_UID]);
    expect(labelsOf(later)).toEqual(['x', 'IM0003']);
    expect(later.skipped).toEqual([]);
  });
});
