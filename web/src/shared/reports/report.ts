import { get } from '@/shared/api/client';
import type { Answer } from '@/shared/api/types';
import { keep } from '@/shared/kept/kept';

/** By which name reports are kept on the device: docs/adr/0020-kept-for-offline.md */
export const KEPT_REPORT = 'report';
/** Those that stood in the list, under NEWEST. */
export const KEPT_REPORTS = 'reports';
export const NEWEST = 'newest';
const MOST_REPORTS = 200;

const SHOWN = [
  'id',
  'status',
  'updated_at',
  'pdf_url',
  'patient_name',
  'study_instance_uid',
  'study_date',
  'modality',
  'study_description',
  'service_level',
  'is_critical',
  'critical_since',
  'questions',
  'is_told_to_caller',
] as const;

/** What the sender of a study is shown of its report beside the PDF, and what an answer to a question is about. */
export type Report = Pick<Answer<'/api/v1/reports/{report_id}', 'get'>, (typeof SHOWN)[number]>;
export type Question = Report['questions'][number];
/** One line of the list of reports. */
export type ReportRow = Answer<'/api/v1/reports', 'get'>['items'][number];

export async function fetchReport(reportId: string, signal: AbortSignal): Promise<Report> {
  const path = { report_id: reportId };
  const report = await get('/api/v1/reports/{report_id}', { path, signal });
  return Object.fromEntries(SHOWN.map((name) => [name, report[name]])) as unknown as Report;
}

export function keepReport(report: Report): Promise<void> {
  return keep(KEPT_REPORT, report.id, report, { records: MOST_REPORTS });
}
