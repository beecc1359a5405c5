import { get, ONCE, post } from '@/shared/api/client';

import type { Report, ReportText } from '../api';

/** Words that a report begins with. */
export interface Template extends Omit<ReportText, 'is_critical'> {
  id: string;
  name: string;
  is_mine: boolean;
  /** Whose it is. */
  owner: string;
}

/** A template to be kept. Null: for any modality, any body part. */
export interface NewTemplate extends Omit<ReportText, 'is_critical'> {
  name: string;
  modality: string | null;
  body_part: string | null;
  is_shared: boolean;
}

/** One's own templates and shared ones, those that fit the study first. */
export async function fetchTemplates(report: Report, signal: AbortSignal): Promise<Template[]> {
  const query = { modality: report.modality, body_part: report.body_part ?? undefined };
  const answer = await get(TEMPLATES, { query: query as object, signal });
  return (answer as unknown as { items: Template[] }).items;
}

export async function keepTemplate(template: NewTemplate): Promise<void> {
  await post(TEMPLATES as '/api/v1/users', template as never, ONCE);
}

/** Takes a query, as the list of reports does. */
const TEMPLATES = '/api/v1/report-templates' as '/api/v1/reports';

const GROUPS = ['CT', 'MR', 'XR', 'US', 'MG', 'NM', 'PT', 'XA', 'RF'];
const ALIASES: Record<string, string> = { MRI: 'MR', PET: 'PT', CR: 'XR', DX: 'XR', RG: 'XR' };

/** Return the group of a modality's term, as people tell them apart; null for the many that have none. */
export function groupOf(modality: string): string | null {
  const term = ALIASES[modality] ?? modality;
  return GROUPS.includes(term) ? term : null;
}

/** Return a body part as a code string (PS3.5 6.2), which a template is for; null for what is none. */
export function bodyPartOf(bodyPart: string | null): string | null {
  const term = bodyPart?.trim().toUpperCase() ?? '';
  return /^[A-Z0-9_ ]{1,16}$/.test(term) ? term : null;
}
