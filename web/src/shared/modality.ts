/** What the gateway tells apart: PS3.3 C.7.3.1.1.1 has many terms more, and most of them are OTHER. */
export const MODALITY_GROUPS = [
  'CT',
  'MR',
  'XR',
  'US',
  'MG',
  'NM',
  'PT',
  'XA',
  'RF',
  'OTHER',
] as const;
export type ModalityGroup = (typeof MODALITY_GROUPS)[number];

const ALIASES: Record<string, string> = { MRI: 'MR', PET: 'PT', CR: 'XR', DX: 'XR', RG: 'XR' };

/** Return the group of a term, as the gateway forms it. */
export function groupOf(modality: string): ModalityGroup {
  const term = ALIASES[modality] ?? modality;
  return MODALITY_GROUPS.find((group) => group === term) ?? 'OTHER';
}
