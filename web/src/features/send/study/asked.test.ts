import { describe, expect, it } from 'vitest';

import { makeScanned, makeSeries, makeStudy } from '@/test/makeStudy';

import { announceAnswer, onlyOf, type AskedReport } from './asked';

const ASKED: AskedReport = {
  id: 'report',
  study_instance_uid: makeStudy().uid,
  patient_name: 'DOE^JANE',
  study_date: '20260114',
  modality: 'CT',
  service_level: 'stat',
};

describe('what is taken for a question', () => {
  it('is the study that was asked about; everything else is left out with a reason', () => {
    const study = makeStudy();
    const files = [makeScanned({ label: 'b/1' }), makeScanned({ label: 'b/2' })];
    const other = makeStudy({ uid: '1.2.3', series: [makeSeries({ files })] });
    const skipped = [
      { label: 'a/broken', why: 'unreadable' as const, studyUid: study.uid },
      { label: 'b/broken', why: 'unreadable' as const, studyUid: other.uid },
    ];
    expect(onlyOf(study.uid, { studies: [other, study], skipped })).toEqual({
      studies: [study],
      skipped: [
        skipped[0],
        { ...skipped[1], studyUid: null },
        { label: 'b/1', why: 'other-study', studyUid: null },
        { label: 'b/2', why: 'other-study', studyUid: null },
      ],
    });
  });
});

describe('the form of an answer', () => {
  const silent = makeStudy({ attributes: {}, modalities: {} });

  it('is filled in from the study where the files are silent', () => {
    const { metadata, fallbacks } = announceAnswer(silent, ASKED);
    expect(metadata).toMatchObject({
      patient_name: 'DOE^JANE',
      study_date: '2026-01-14',
      modality: 'CT',
    });
    expect(fallbacks).toEqual([]);
  });

  it('says what the files say where they say something', () => {
    const said = makeStudy({ attributes: { PatientName: 'ROE^RICHARD', StudyDate: '20260115' } });
    expect(announceAnswer(said, ASKED).metadata).toMatchObject({
      patient_name: 'ROE^RICHARD',
      study_date: '2026-01-15',
    });
  });

  it('tells of what nobody knows', () => {
    const unknown = { ...ASKED, patient_name: 'UNKNOWN', study_date: 'some day' };
    expect(announceAnswer(silent, unknown).fallbacks).toEqual(['nameMissing', 'dateToday']);
    expect(announceAnswer(silent, null).fallbacks).toEqual([
      'nameMissing',
      'dateToday',
      'modalityOther',
    ]);
  });
});
