import { describe, expect, it } from 'vitest';

import { makeStudy } from '@/test/makeStudy';

import { announce } from './announce';
import { metadataOf } from './form';

const TODAY = new Date(2026, 1, 3, 23, 30);

function announced(attributes: Record<string, string>, modalities: Record<string, number> = {}) {
  return announce(makeStudy({ attributes, modalities }), TODAY);
}

describe('announce', () => {
  it('fills in what the files say', () => {
    const study = makeStudy({
      attributes: {
        PatientName: 'DOE^JANE=山田',
        PatientID: 'P1',
        PatientBirthDate: '1970.01.02',
        PatientSex: 'f',
        StudyDate: '20260114',
        AccessionNumber: 'A1',
        ReferringPhysicianName: 'ROE^RICHARD',
        StudyDescription: 'THORAX\tNATIV',
        BodyPartExamined: 'CHEST',
      },
    });
    expect(announce(study, TODAY)).toEqual({
      metadata: {
        patient_name: 'DOE^JANE',
        patient_id: 'P1',
        patient_birth_date: '1970-01-02',
        patient_sex: 'F',
        study_date: '2026-01-14',
        modality: 'CT',
        accession_number: 'A1',
        referring_physician: 'ROE^RICHARD',
        study_description: 'THORAX NATIV',
        body_part: 'CHEST',
      },
      fallbacks: [],
    });
  });

  it.each([
    [{ StudyDate: 'soon', SeriesDate: '20250101' }, '2025-01-01', 'dateFromSeries'],
    [{ SeriesDate: '20250231', AcquisitionDate: '20250102' }, '2025-01-02', 'dateFromAcquisition'],
    [{ ContentDate: '20250103' }, '2025-01-03', 'dateFromContent'],
    [{}, '2026-02-03', 'dateToday'],
  ])('takes the date of %j', (attributes, date, fallback) => {
    const { metadata, fallbacks } = announced(attributes, { CT: 1 });
    expect(metadata.study_date).toBe(date);
    expect(fallbacks).toContain(fallback);
  });

  it.each([
    ['', 'UNKNOWN', 'nameMissing'],
    ['^^=山田', 'UNKNOWN', 'nameMissing'],
    ['Ñ'.repeat(101), 'Ñ'.repeat(100), 'nameCut'],
    [`${'A'.repeat(99)}😀B`, `${'A'.repeat(99)}😀`, 'nameCut'],
  ])('makes a name of %j', (PatientName, name, fallback) => {
    const { metadata, fallbacks } = announced({ PatientName, StudyDate: '20260114' }, { CT: 1 });
    expect(metadata.patient_name).toBe(name);
    expect(fallbacks).toEqual([fallback]);
  });

  it.each([
    [{ SR: 9, CT: 2, MR: 3 }, 'MR', []],
    [{ SR: 2, KO: 1 }, 'SR', []],
    [{ NONSENSE: 5 }, 'OTHER', ['modalityOther']],
    [{}, 'OTHER', ['modalityOther']],
  ])('finds the modality of %j', (modalities, modality, expected) => {
    const names = { PatientName: 'DOE', StudyDate: '20260114' };
    const { metadata, fallbacks } = announced(names, modalities);
    expect(metadata.modality).toBe(modality);
    expect(fallbacks).toEqual(expected);
  });
});

describe('metadataOf', () => {
  const study = makeStudy({ attributes: { PatientID: 'P1', IssuerOfPatientID: 'HOSPITAL' } });
  const form = {
    ...announce(study, TODAY).metadata,
    patient_name: ' DOE^JANE ',
    service_level: 'stat' as const,
    clinical_history: ' Fall.\nPain. ',
  };

  it('leaves out what is empty', () => {
    expect(metadataOf(study, form)).toEqual({
      patient_name: 'DOE^JANE',
      patient_id: 'P1',
      issuer_of_patient_id: 'HOSPITAL',
      study_date: '20260203',
      modality: 'CT',
      service_level: 'stat',
      clinical_history: 'Fall.\nPain.',
    });
  });

  it('does not claim an issuer for an ID that somebody typed', () => {
    expect(metadataOf(study, { ...form, patient_id: 'P2' })).not.toHaveProperty(
      'issuer_of_patient_id',
    );
  });
});
