import type { components } from '@/shared/api/schema';

import type { ScannedStudy } from '../scan/types';
import { announce, TEXT_LENGTH, type Announced } from './announce';
import { compactDate } from './dates';
import type { ServiceLevel } from './serviceLevels';

export type StudyMetadata = components['schemas']['StudyMetadata'];

/** The form about a study: what its fields hold. */
export interface StudyForm extends Announced {
  service_level: ServiceLevel;
  clinical_history: string;
}

export const HISTORY_LENGTH = 500;

const PLAIN = [
  'patient_id',
  'patient_sex',
  'accession_number',
  'referring_physician',
  'study_description',
  'body_part',
  'clinical_history',
] as const satisfies readonly (keyof StudyForm & keyof StudyMetadata)[];

/** Return what the API is told about the study. What is empty is left out. */
export function metadataOf(study: ScannedStudy, form: StudyForm): StudyMetadata {
  const optional = Object.fromEntries(
    PLAIN.map((name) => [name, form[name].trim()]).filter(([, text]) => text),
  ) as Partial<StudyMetadata>;
  const birthDate = compactDate(form.patient_birth_date);
  const issuer = issuerOf(study, form);
  return {
    patient_name: form.patient_name.trim(),
    study_date: compactDate(form.study_date),
    modality: form.modality,
    service_level: form.service_level,
    ...optional,
    ...(birthDate && { patient_birth_date: birthDate }),
    ...(issuer && { issuer_of_patient_id: issuer }),
  };
}

/** Who gave the ID is known from the files, so only for the ID that they have. */
function issuerOf(study: ScannedStudy, form: StudyForm): string {
  const same = form.patient_id.trim() === announce(study).metadata.patient_id;
  return same ? (study.attributes.IssuerOfPatientID ?? '').slice(0, TEXT_LENGTH) : '';
}
