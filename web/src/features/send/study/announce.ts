import type { ScannedStudy } from '../scan/types';
import { compactDate, isoDate } from './dates';
import { COMPANIONS, MODALITIES } from './modalities';

export const NAME_LENGTH = 100;
export const TEXT_LENGTH = 64; // VR LO, PS3.5 6.2
export const UNKNOWN = 'UNKNOWN';
const DATE_KEYWORDS = ['StudyDate', 'SeriesDate', 'AcquisitionDate', 'ContentDate'] as const;

/** What was filled in although the files do not say it so. */
export type FallbackCode =
  | 'nameMissing'
  | 'nameCut'
  | 'dateFromSeries'
  | 'dateFromAcquisition'
  | 'dateFromContent'
  | 'dateToday'
  | 'modalityOther';

/** What the form about a study starts with; texts as fields hold them, dates as YYYY-MM-DD, empty for unknown. */
export interface Announced {
  patient_name: string;
  patient_id: string;
  patient_birth_date: string;
  patient_sex: string;
  study_date: string;
  modality: string;
  accession_number: string;
  referring_physician: string;
  study_description: string;
  body_part: string;
}

export interface Announcement {
  metadata: Announced;
  fallbacks: FallbackCode[];
}

/** Fill in what the form asks for from what the files say, as the command line does. */
export function announce(study: ScannedStudy, today = new Date()): Announcement {
  const { attributes } = study;
  const text = (keyword: string) => cut(line(attributes[keyword] ?? ''), TEXT_LENGTH);
  const [patientName, nameFallback] = nameOf(attributes.PatientName ?? '');
  const [studyDate, dateFallback] = dateOf(attributes, today);
  const [modality, modalityFallback] = modalityOf(study.modalities);
  return {
    metadata: {
      patient_name: patientName,
      patient_id: text('PatientID'),
      patient_birth_date: dicomDay(attributes.PatientBirthDate ?? ''),
      patient_sex: sexOf(attributes.PatientSex ?? ''),
      study_date: studyDate,
      modality,
      accession_number: text('AccessionNumber'),
      referring_physician: text('ReferringPhysicianName'),
      study_description: text('StudyDescription'),
      body_part: text('BodyPartExamined'),
    },
    fallbacks: [nameFallback, dateFallback, modalityFallback].filter((code) => code !== null),
  };
}

type Filled = [text: string, fallback: FallbackCode | null];

/** The alphabetic group (PS3.5 6.2.1.2), at most 100 characters of it. */
function nameOf(said: string): Filled {
  const [group = ''] = said.split('=');
  const alphabetic = line(group).replace(/^[\^ ]+|[\^ ]+$/g, '');
  if (!alphabetic) return [UNKNOWN, 'nameMissing'];
  const name = cut(alphabetic, NAME_LENGTH);
  return [name, name === alphabetic ? null : 'nameCut'];
}

const DATE_FALLBACKS: Record<(typeof DATE_KEYWORDS)[number], FallbackCode | null> = {
  StudyDate: null,
  SeriesDate: 'dateFromSeries',
  AcquisitionDate: 'dateFromAcquisition',
  ContentDate: 'dateFromContent',
};

function dateOf(attributes: ScannedStudy['attributes'], today: Date): Filled {
  for (const keyword of DATE_KEYWORDS) {
    const day = dicomDay(attributes[keyword] ?? '');
    if (day) return [day, DATE_FALLBACKS[keyword]];
  }
  return [isoDate(today), 'dateToday'];
}

/** Return YYYY-MM-DD, also from the YYYY.MM.DD of ACR-NEMA (PS3.5 6.2); empty for no date. */
function dicomDay(text: string): string {
  const day = text.trim().replace(/^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/, '$1-$2-$3');
  return compactDate(day) ? day : '';
}

function sexOf(said: string): string {
  const sex = said.toUpperCase();
  return ['M', 'F', 'O'].includes(sex) ? sex : '';
}

/** The modality that most files have, companions such as reports left aside. */
function modalityOf(modalities: ScannedStudy['modalities']): Filled {
  const known = Object.entries(modalities).filter(([name]) => MODALITIES.has(name));
  const images = known.filter(([name]) => !COMPANIONS.has(name));
  const [most] = (images.length > 0 ? images : known).sort(([, a], [, b]) => b - a);
  return most ? [most[0], null] : ['OTHER', 'modalityOther'];
}

/** Return the first characters of a text, counted as the API counts them. */
function cut(text: string, length: number): string {
  return Array.from(text).slice(0, length).join('');
}

/** Return the text with a space for each control character, which the API does not take. */
function line(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').trim();
}
