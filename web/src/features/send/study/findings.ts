import type { EarlierUpload } from '../api';
import type { Patient, ScannedStudy } from '../scan/types';
import type { StudyForm } from './form';
import { missingSlices } from './gaps';
import { isUrgent } from './serviceLevels';

/** As much as one upload takes; a study may be several uploads, a file may not. */
export const MAX_FILE_BYTES = 2 * 1024 ** 3;

/** Something to know before the first byte leaves, with what its words need. */
export type Finding =
  | { severity: 'stops'; code: 'nothingToSend'; values: Record<string, never> }
  | { severity: 'stops'; code: 'fileTooLarge'; values: { label: string; bytes: number } }
  | { severity: 'warns'; code: 'mixedPatients'; values: { patients: Patient[] } }
  | { severity: 'warns'; code: 'missingSlices'; values: { count: number; series: string } }
  | { severity: 'warns'; code: 'missingHistory'; values: Record<string, never> }
  | { severity: 'warns'; code: 'alreadySent'; values: { upload: EarlierUpload } }
  | { severity: 'warns'; code: 'lowStorage'; values: { bytes: number; free: number } };

export type FindingCode = Finding['code'];

/** What is known beside the files; null stands for unknown, which is no finding. */
export interface Circumstances {
  /** Uploads of the same study that the gateway has, the newest first. */
  earlier: EarlierUpload[] | null;
  /** Bytes that this browser may still keep. */
  freeBytes: number | null;
}

/** Look a study over before it is sent; what stops it comes first. */
export function findings(
  study: ScannedStudy,
  form: Pick<StudyForm, 'service_level' | 'clinical_history'>,
  { earlier, freeBytes }: Circumstances,
): Finding[] {
  const found: Finding[] = [...unsendable(study)];
  const [upload] = earlier ?? [];
  if (upload) found.push({ severity: 'warns', code: 'alreadySent', values: { upload } });
  if (study.patients.length > 1) {
    const values = { patients: study.patients };
    found.push({ severity: 'warns', code: 'mixedPatients', values });
  }
  for (const series of study.series) {
    const count = missingSlices(series);
    const values = { count, series: series.description };
    if (count > 0) found.push({ severity: 'warns', code: 'missingSlices', values });
  }
  if (isUrgent(form.service_level) && !form.clinical_history.trim()) {
    found.push({ severity: 'warns', code: 'missingHistory', values: {} });
  }
  if (freeBytes !== null && freeBytes < study.size) {
    const values = { bytes: study.size, free: freeBytes };
    found.push({ severity: 'warns', code: 'lowStorage', values });
  }
  return found;
}

/** Whether a study can be sent as it is. */
export function isSendable(study: ScannedStudy): boolean {
  return unsendable(study).next().done === true;
}

function* unsendable({ series }: ScannedStudy): Generator<Finding> {
  const files = series.flatMap((one) => one.files);
  if (files.length === 0) yield { severity: 'stops', code: 'nothingToSend', values: {} };
  for (const { label, size } of files) {
    if (size <= MAX_FILE_BYTES) continue;
    yield { severity: 'stops', code: 'fileTooLarge', values: { label, bytes: size } };
  }
}
