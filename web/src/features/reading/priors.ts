import { get } from '@/shared/api/client';

import type { Report, ReportText } from './api';

interface Addendum extends ReportText {
  number: number;
}

/** Another report of the patient, with what was signed last; its texts are null while nothing is. */
export interface Prior {
  report_id: string;
  study_date: string;
  modality: string;
  body_part: string | null;
  study_description: string | null;
  patient_name: string;
  patient_birth_date: string | null;
  /** What says that it could be of somebody else. */
  differs: string[];
  status: Report['status'];
  is_critical: boolean;
  reported_at: string | null;
  radiologist: string | null;
  findings: string | null;
  impression: string | null;
  recommendation: string | null;
  /** The latest first. */
  addenda: Addendum[];
}

/** What else is known of the patient, the newest study first. */
export async function fetchPriors(reportId: string, signal: AbortSignal): Promise<Prior[]> {
  const answer = await get(PRIORS, { path: { report_id: reportId }, signal });
  return (answer as unknown as { items: Prior[] }).items;
}

/** Takes what the report itself takes. */
const PRIORS = '/api/v1/reports/{report_id}/priors' as '/api/v1/reports/{report_id}';
