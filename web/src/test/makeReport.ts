import type { ReportRow } from '@/features/uploads/api';

let made = 0;

/** A line of the lists of reports: a CT that nobody reads yet, due in two hours, unless told otherwise. */
export function makeReport(changes: Partial<ReportRow> = {}): ReportRow {
  made += 1;
  const number = String(made).padStart(12, '0');
  const now = Date.now();
  return {
    id: `00000000-0000-7000-8000-${number}`,
    upload_id: `00000000-0000-4000-8000-${number}`,
    status: 'assigned',
    service_level: 'routine',
    due_at: new Date(now + 2 * 3_600_000 + 30_000).toISOString(),
    is_overdue: false,
    created_at: new Date(now - 3_600_000).toISOString(),
    updated_at: new Date(now - 3_600_000).toISOString(),
    reported_at: null,
    is_critical: false,
    critical_since: null,
    site_id: '00000000-0000-4000-8000-0000000000aa',
    site_name: 'Hill Clinic',
    patient_name: 'DOE^JANE',
    patient_id: 'PAT-17',
    patient_birth_date: '19700101',
    patient_sex: 'F',
    study_instance_uid: `1.2.3.${made}`,
    study_date: '20260114',
    modality: 'CT',
    body_part: 'HEAD',
    study_description: 'Head native',
    accession_number: null,
    referring_physician: 'HILL^SUE',
    has_history: true,
    images: { expected: 480, verified: 212 },
    radiologist_id: null,
    radiologist: null,
    lock: null,
    pdf_url: null,
    ...changes,
  };
}
