import type { Template, Words } from './api';

type Modality = NonNullable<Template['modality']>;

/** The groups that the gateway tells apart, by the codes that stand in the files. */
export const MODALITIES = [
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
] as const satisfies readonly Modality[];

/** Offered while one is typed: terms of PS3.16 Annex L for what is read most. Any other may be typed as well. */
export const BODY_PARTS = [
  ...['ABDOMEN', 'ANKLE', 'AORTA', 'BRAIN', 'BREAST', 'CHEST', 'CLAVICLE', 'CSPINE', 'ELBOW'],
  ...['FEMUR', 'FOOT', 'FOREARM', 'HAND', 'HEAD', 'HEART', 'HIP', 'HUMERUS', 'KIDNEY', 'KNEE'],
  ...['LIVER', 'LSPINE', 'NECK', 'PELVIS', 'PROSTATE', 'SHOULDER', 'SINUS', 'SKULL', 'SPINE'],
  ...['THYROID', 'TSPINE', 'UTERUS', 'WHOLEBODY', 'WRIST'],
];

/** As much as the gateway takes of each. */
export const LIMITS = {
  name: 100,
  body_part: 16,
  findings: 20_000,
  impression: 10_000,
  recommendation: 5_000,
};

/** A template in a form, where nothing is an empty text. */
export type Values = Record<keyof Words, string>;

export const EMPTY: Values = {
  name: '',
  modality: '',
  body_part: '',
  findings: '',
  impression: '',
  recommendation: '',
};

export function valuesOf(template: Template): Values {
  const { name, findings, impression, recommendation } = template;
  const use = { modality: template.modality ?? '', body_part: template.body_part ?? '' };
  return { name, findings, impression, recommendation, ...use };
}

export function wordsOf(values: Values): Words {
  return {
    ...values,
    name: values.name.trim(),
    modality: modalityOf(values.modality),
    body_part: values.body_part.trim().toUpperCase() || null,
  };
}

/** Whether a template says just this. */
export function says(template: Template, words: Words): boolean {
  return (Object.keys(words) as (keyof Words)[]).every((key) => template[key] === words[key]);
}

/** A code string (PS3.5 6.2, VR CS), as the gateway takes it; capitals make themselves. */
export function isBodyPart(text: string): boolean {
  return /^[A-Z0-9_ ]{0,16}$/.test(text.trim().toUpperCase());
}

export function modalityOf(text: string | null): Modality | null {
  return MODALITIES.find((known) => known === text) ?? null;
}

/** Those that can be used for a modality: made for it, or for any. */
export function usableFor(templates: Template[], modality: Modality | null): Template[] {
  return modality
    ? templates.filter(({ modality: of }) => of === null || of === modality)
    : templates;
}
