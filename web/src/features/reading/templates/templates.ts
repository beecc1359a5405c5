import { get, ONCE, post } from '@/shared/api/client';
import type { Answer, Body } from '@/shared/api/types';

import type { Report } from '../api';

/** Words that a report begins with. */
export type Template = Answer<'/api/v1/report-templates', 'get'>['items'][number];
/** A template to be kept. Null: for any modality, any body part. */
export type NewTemplate = Body<'/api/v1/report-templates', 'post'>;

/** One's own templates and shared ones, those that fit the study first. */
export async function fetchTemplates(report: Report, signal: AbortSignal): Promise<Template[]> {
  const { modality, body_part: bodyPart } = report;
  const query = { modality, ...(bodyPart !== null && { body_part: bodyPart }) };
  return (await get('/api/v1/report-templates', { query, signal })).items;
}

export async function keepTemplate(template: NewTemplate): Promise<void> {
  await post('/api/v1/report-templates', template, ONCE);
}

type Group = NonNullable<NewTemplate['modality']>;

const GROUPS = [
  'CT',
  'MR',
  'XR',
  'US',
  'MG',
  'NM',
  'PT',
  'XA',
  'RF',
] as const satisfies readonly Group[];
const ALIASES: Record<string, Group> = { MRI: 'MR', PET: 'PT', CR: 'XR', DX: 'XR', RG: 'XR' };

/** Return the group of a modality's term, as people tell them apart; null for the many that have none. */
export function groupOf(modality: string): Group | null {
  const term = ALIASES[modality] ?? modality;
  return GROUPS.find((group) => group === term) ?? null;
}

/** Return a body part as a code string (PS3.5 6.2), which a template is for; null for what is none. */
export function bodyPartOf(bodyPart: string | null): string | null {
  const term = bodyPart?.trim().toUpperCase() ?? '';
  return /^[A-Z0-9_ ]{1,16}$/.test(term) ? term : null;
}
