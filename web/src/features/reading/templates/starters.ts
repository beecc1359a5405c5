import { FALLBACK, type Language } from '@/shared/i18n/languages';

import type { Report } from '../api';
import { groupOf } from './templates';

/** Headings alone: a starter says of no patient that anything is normal. */
export interface Starter {
  id: string;
  name: string;
  findings: string;
}

interface Examination {
  id: string;
  group: string;
  /** Body Part Examined (0018,0015), as in PS3.16 Annex L, and what devices write instead. */
  bodyParts: readonly string[];
}

const EXAMINATIONS: readonly Examination[] = [
  { id: 'ct-head', group: 'CT', bodyParts: ['HEAD', 'BRAIN', 'SKULL'] },
  { id: 'ct-chest', group: 'CT', bodyParts: ['CHEST', 'LUNG', 'THORAX'] },
  { id: 'ct-abdomen', group: 'CT', bodyParts: ['ABDOMEN', 'PELVIS', 'ABDOMENPELVIS', 'ABD PEL'] },
  { id: 'ct-spine', group: 'CT', bodyParts: ['CSPINE', 'TSPINE', 'LSPINE', 'SPINE'] },
  { id: 'mr-brain', group: 'MR', bodyParts: ['BRAIN', 'HEAD'] },
  { id: 'mr-lumbar-spine', group: 'MR', bodyParts: ['LSPINE', 'LUMBAR SPINE', 'SPINE'] },
  { id: 'mr-knee', group: 'MR', bodyParts: ['KNEE'] },
  { id: 'xr-chest', group: 'XR', bodyParts: ['CHEST', 'LUNG', 'THORAX'] },
  {
    id: 'xr-bone',
    group: 'XR',
    bodyParts: ['HAND', 'WRIST', 'ELBOW', 'SHOULDER', 'FOOT', 'ANKLE', 'KNEE', 'HIP', 'EXTREMITY'],
  },
  { id: 'us-abdomen', group: 'US', bodyParts: ['ABDOMEN', 'LIVER', 'KIDNEY'] },
  { id: 'mg', group: 'MG', bodyParts: ['BREAST'] },
];

type Texts = Record<string, { name: string; headings: string[] }>;

const files = import.meta.glob<Texts>('./starters/*.json', { import: 'default' });

/** The starters that the app carries, in a language, those that fit the study first. */
export async function loadStarters(report: Report, language: string): Promise<Starter[]> {
  const fetchTexts = files[fileOf(language as Language)] ?? files[fileOf(FALLBACK)];
  const texts = (await fetchTexts?.()) ?? {};
  const fits = ({ group, bodyParts }: Examination) =>
    (group === groupOf(report.modality) ? 2 : 0) +
    (bodyParts.includes(report.body_part?.toUpperCase() ?? '') ? 1 : 0);
  return EXAMINATIONS.toSorted((one, other) => fits(other) - fits(one)).flatMap(({ id }) => {
    const text = texts[id];
    if (!text) return [];
    return [{ id, name: text.name, findings: text.headings.map((line) => `${line}\n`).join('') }];
  });
}

function fileOf(language: Language): string {
  return `./starters/${language}.json`;
}
