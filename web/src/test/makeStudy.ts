import type { ScannedFile, ScannedSeries, ScannedStudy } from '@/features/send/scan/types';

import { SERIES_UID, STUDY_UID } from './makeDicom';

let made = 0;

/** A slice as the scan finds it, unless told otherwise. */
export function makeScanned(changes: Partial<ScannedFile> = {}): ScannedFile {
  made += 1;
  return {
    source: { file: new File(['x'], `IM${made}`), member: null },
    label: `IM${made}`,
    size: 500_000,
    sopInstanceUid: `${SERIES_UID}.${made}`,
    seriesInstanceUid: SERIES_UID,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    instanceNumber: null,
    position: null,
    stack: null,
    frames: 1,
    ...changes,
  };
}

/** Slices at these positions, in millimetres, numbered in their order. */
export function makeSlices(positions: number[], changes: Partial<ScannedFile> = {}): ScannedFile[] {
  return positions.map((position, index) =>
    makeScanned({ position, instanceNumber: index + 1, stack: 'axial|', ...changes }),
  );
}

export function makeSeries(changes: Partial<ScannedSeries> = {}): ScannedSeries {
  return {
    uid: SERIES_UID,
    modality: 'CT',
    description: 'THORAX',
    files: makeSlices([0, 5, 10]),
    ...changes,
  };
}

/** A CT of one series, unless told otherwise. */
export function makeStudy(changes: Partial<ScannedStudy> = {}): ScannedStudy {
  const series = changes.series ?? [makeSeries()];
  const files = series.flatMap((one) => one.files);
  return {
    uid: STUDY_UID,
    attributes: {
      PatientName: 'DOE^JANE',
      PatientID: 'P1',
      PatientBirthDate: '19700101',
      PatientSex: 'F',
      StudyDate: '20260114',
    },
    modalities: { CT: files.length },
    patients: [{ name: 'DOE^JANE', id: 'P1', birthDate: '19700101', files: files.length }],
    series,
    size: files.reduce((sum, { size }) => sum + size, 0),
    ...changes,
  };
}
