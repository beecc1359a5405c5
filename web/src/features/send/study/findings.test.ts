import { describe, expect, it } from 'vitest';

import { makeScanned, makeSeries, makeSlices, makeStudy } from '@/test/makeStudy';

import { findings, isSendable, MAX_FILE_BYTES, type Circumstances } from './findings';
import { missingSlices } from './gaps';

const QUIET = { service_level: 'routine', clinical_history: '' } as const;
const UNKNOWN: Circumstances = { earlier: null, freeBytes: null };

describe('findings', () => {
  it('finds nothing where nothing is wrong, or known', () => {
    expect(findings(makeStudy(), QUIET, UNKNOWN)).toEqual([]);
    expect(findings(makeStudy(), QUIET, { earlier: [], freeBytes: 1_500_000 })).toEqual([]);
  });

  it('stops a file that no upload can hold, and a study without files', () => {
    const files = [makeScanned({ label: 'cine', size: MAX_FILE_BYTES + 1 }), makeScanned()];
    const study = makeStudy({ series: [makeSeries({ files })] });
    expect(findings(study, QUIET, UNKNOWN)).toEqual([
      {
        severity: 'stops',
        code: 'fileTooLarge',
        values: { label: 'cine', bytes: MAX_FILE_BYTES + 1 },
      },
    ]);
    expect(isSendable(study)).toBe(false);
    const empty = makeStudy({ series: [] });
    expect(findings(empty, QUIET, UNKNOWN)[0]?.code).toBe('nothingToSend');
    expect(isSendable(empty)).toBe(false);
  });

  it('warns of what was sent before, two patients, and too little space', () => {
    const upload = {
      upload_id: 'u',
      created_at: '2026-01-14T09:30:00Z',
      status: 'completed',
    } as const;
    const patient = { name: 'DOE^JANE', id: '1', birthDate: '', files: 1 };
    const study = makeStudy({ patients: [patient, { ...patient, id: '2' }] });
    const found = findings(study, QUIET, { earlier: [upload], freeBytes: 1_499_999 });
    expect(found.map(({ code }) => code)).toEqual(['alreadySent', 'mixedPatients', 'lowStorage']);
    expect(isSendable(study)).toBe(true);
  });

  it.each([
    ['stat', '', true],
    ['emergency', ' ', true],
    ['stat', 'Fall.', false],
    ['routine', '', false],
  ] as const)('asks for the history of %s with %j: %j', (service_level, history, asks) => {
    const form = { service_level, clinical_history: history };
    const codes = findings(makeStudy(), form, UNKNOWN).map(({ code }) => code);
    expect(codes.includes('missingHistory')).toBe(asks);
  });

  it('names the series that lacks slices', () => {
    const gap = makeSeries({ description: 'LUNG', files: numbered([0, 1, 2, 5, 6, 7, 8, 9]) });
    const [found] = findings(makeStudy({ series: [makeSeries(), gap] }), QUIET, UNKNOWN);
    expect(found).toMatchObject({ code: 'missingSlices', values: { count: 2, series: 'LUNG' } });
  });
});

/** Slices of 5 mm whose numbers go with their places. */
function numbered(places: number[]) {
  return places.flatMap((place) => makeSlices([place * 5], { instanceNumber: place + 1 }));
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const without = (count: number, ...left: number[]) => upTo(count).filter((i) => !left.includes(i));

describe('missingSlices', () => {
  it.each([
    ['one in the middle', numbered(without(20, 7)), 1],
    ['two gaps beside each other', numbered(without(20, 7, 9)), 2],
    ['no numbers', makeSlices(without(20, 7), { instanceNumber: null }), 1],
    ['no positions', without(20, 7, 8).map((number) => makeScanned({ instanceNumber: number })), 2],
    [
      'numbers in twos',
      without(20, 7).map((number) => makeScanned({ instanceNumber: 2 * number })),
      1,
    ],
    [
      'an acquisition for each slice',
      without(20, 7).map((i) =>
        makeScanned({ instanceNumber: i, position: i, stack: `axial|${i}` }),
      ),
      1,
    ],
  ])('finds what is missing: %s', (_, files, count) => {
    expect(missingSlices(makeSeries({ files }))).toBe(count);
  });

  const phases = [1, 2, 3].flatMap((phase) =>
    makeSlices(
      upTo(10).map((i) => i * 4),
      { instanceNumber: phase * 100 },
    ),
  );

  it.each([
    ['a whole stack', makeSeries({ files: numbered(upTo(20)) })],
    ['a noisy spacing', makeSeries({ files: makeSlices([0, 5.2, 10, 14.9, 20.1, 25]) })],
    [
      'a spacing that grows where the brain does',
      makeSeries({
        files: makeSlices([...upTo(12).map((i) => i * 2.5), ...upTo(6).map((i) => 35 + i * 5)]),
      }),
    ],
    ['several phases at each place', makeSeries({ files: phases })],
    [
      'two acquisitions that lie apart',
      makeSeries({
        files: [
          ...makeSlices([0, 5, 10, 15]),
          ...makeSlices([300, 305, 310, 315], { stack: 'axial|2', instanceNumber: 50 }),
        ],
      }),
    ],
    [
      'localizers in three directions',
      makeSeries({
        files: [0, 90, 7, 33, 51].map((position, i) =>
          makeScanned({ position, instanceNumber: 3 * i }),
        ),
      }),
    ],
    [
      'several frames',
      makeSeries({ files: [1, 2, 9].map((i) => makeScanned({ instanceNumber: i, frames: 30 })) }),
    ],
    [
      'ultrasound',
      makeSeries({
        modality: 'US',
        files: [1, 2, 9, 12].map((i) => makeScanned({ instanceNumber: i })),
      }),
    ],
    ['two images', makeSeries({ files: [1, 9].map((i) => makeScanned({ instanceNumber: i })) })],
    [
      'numbers at random',
      makeSeries({ files: [3, 17, 60, 61, 99].map((i) => makeScanned({ instanceNumber: i })) }),
    ],
  ])('raises no false alarm for %s', (_, series) => {
    expect(missingSlices(series)).toBe(0);
  });
});
