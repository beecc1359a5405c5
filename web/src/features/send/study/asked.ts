import type { Report } from '@/shared/reports/report';

import type { Scan, ScannedStudy } from '../scan/types';
import { announce, UNKNOWN, type Announcement } from './announce';
import { compactDate } from './dates';

/** The report about whose study somebody asks for more images, and what the gateway knows of the study. */
export type AskedReport = Pick<
  Report,
  'id' | 'study_instance_uid' | 'patient_name' | 'study_date' | 'modality' | 'service_level'
>;

/** Leave out what is not of the study that was asked about; everything that is left out is filed under no study. */
export function onlyOf(studyUid: string, { studies, skipped }: Scan): Scan {
  const others = studies.filter(({ uid }) => uid !== studyUid);
  const labels = others.flatMap(({ series }) =>
    series.flatMap(({ files }) => files.map(({ label }) => label)),
  );
  return {
    studies: studies.filter(({ uid }) => uid === studyUid),
    skipped: [
      ...skipped.map((one) => (one.studyUid === studyUid ? one : { ...one, studyUid: null })),
      ...labels.map((label) => ({ label, why: 'other-study' as const, studyUid: null })),
    ],
  };
}

/** Fill in the form from the files, and from what is known of the study where they are silent. */
export function announceAnswer(study: ScannedStudy, asked: AskedReport | null): Announcement {
  const said = announce(study);
  if (!asked) return said;
  const known = {
    nameMissing: { patient_name: asked.patient_name === UNKNOWN ? '' : asked.patient_name },
    dateToday: { study_date: isoDay(asked.study_date) },
    modalityOther: { modality: asked.modality },
  };
  return said.fallbacks.reduce<Announcement>(
    ({ metadata, fallbacks }, code) => {
      const better = code in known ? known[code as keyof typeof known] : {};
      const isBetter = Object.values(better).some(Boolean);
      return isBetter
        ? { metadata: { ...metadata, ...better }, fallbacks }
        : { metadata, fallbacks: [...fallbacks, code] };
    },
    { metadata: said.metadata, fallbacks: [] },
  );
}

/** Return a DA value (PS3.5 6.2) as fields hold it, empty for no date. */
function isoDay(date: string): string {
  const day = date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  return compactDate(day) ? day : '';
}
