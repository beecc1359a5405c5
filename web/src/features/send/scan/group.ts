import type { Instance } from './instance';
import type { Patient, ScannedFile, ScannedSeries, ScannedStudy } from './types';

/** Put instances together into studies and series, in the order in which studies were found. */
export function groupStudies(instances: Instance[]): ScannedStudy[] {
  return [...groupedBy(instances, ({ studyUid }) => studyUid)].map(([uid, members]) => ({
    uid,
    attributes: firstOfEach(members),
    modalities: countsOf(members),
    patients: patientsOf(members),
    series: seriesOf(members),
    size: members.reduce((sum, { file }) => sum + file.size, 0),
  }));
}

function firstOfEach(members: Instance[]): Record<string, string> {
  const first: Record<string, string> = {};
  for (const { attributes } of members) {
    for (const [keyword, text] of Object.entries(attributes)) first[keyword] ??= text;
  }
  return first;
}

function countsOf(members: Instance[]): Record<string, number> {
  const named = members.filter(({ attributes }) => attributes.Modality);
  const groups = groupedBy(named, ({ attributes }) => attributes.Modality ?? '');
  return Object.fromEntries([...groups].map(([modality, of]) => [modality, of.length]));
}

/** The patients as the gateway tells them apart: by PatientID and its issuer where there is one, else by name. */
function patientsOf(members: Instance[]): Patient[] {
  return [...groupedBy(members, ({ attributes }) => patientKey(attributes)).values()].map((of) => {
    const { PatientName = '', PatientID = '', PatientBirthDate = '' } = firstOfEach(of);
    return { name: PatientName, id: PatientID, birthDate: PatientBirthDate, files: of.length };
  });
}

function patientKey(attributes: Instance['attributes']): string {
  const { PatientID: id = '', IssuerOfPatientID: issuer = '', PatientName: name = '' } = attributes;
  return id ? JSON.stringify([id, issuer]) : comparableName(name);
}

/** Return a person name (PS3.5 6.2.1) in a form in which spelling habits do not matter. */
function comparableName(name: string): string {
  const [alphabetic = ''] = name.split('=');
  return alphabetic.replaceAll('^', ' ').toLowerCase().split(/\s+/).filter(Boolean).join(' ');
}

function seriesOf(members: Instance[]): ScannedSeries[] {
  const groups = groupedBy(members, ({ file }) => file.seriesInstanceUid);
  return [...groups]
    .map(([uid, of]) => {
      const attributes = firstOfEach(of);
      return {
        number: Number(attributes.SeriesNumber ?? NaN),
        series: {
          uid,
          modality: attributes.Modality ?? '',
          description: attributes.SeriesDescription ?? '',
          files: inReadingOrder(of.map(({ file }) => file)),
        },
      };
    })
    .sort((a, b) => compared(a.number, b.number))
    .map(({ series }) => series);
}

/** By position where all slices lie in one direction, else by number, else by label. */
function inReadingOrder(files: ScannedFile[]): ScannedFile[] {
  const directions = new Set(files.map(({ stack }) => stack?.split('|')[0] ?? null));
  const parallel = directions.size === 1 && !directions.has(null);
  return files.sort(
    (a, b) =>
      (parallel ? compared(a.position ?? NaN, b.position ?? NaN) : 0) ||
      compared(a.instanceNumber ?? NaN, b.instanceNumber ?? NaN) ||
      a.label.localeCompare(b.label, 'en', { numeric: true }),
  );
}

/** Numbers in their order, and what is none behind them. */
function compared(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}

function groupedBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
