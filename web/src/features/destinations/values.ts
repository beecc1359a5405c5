import type { ServiceLevel } from '@/shared/preferences';

import type { Candidate, Change, Destination, Kind, NewDestination, Rule } from './api';

/** What the form holds as text. Secrets are empty: nobody ever sees them again. */
export interface Texts {
  name: string;
  kind: Kind;
  address: string;
  username: string;
  password: string;
  calling_ae_title: string;
  ca: string;
  certificate: string;
  key: string;
  concurrency: string;
  early: Destination['early'];
  modalities: string;
  stations: string;
}

/** What it holds as switches and ticks. */
export interface Marks {
  required: boolean;
  enabled: boolean;
  /** Forget the password that is stored. */
  withoutPassword: boolean;
  levels: readonly ServiceLevel[];
  sites: readonly string[];
}

export interface Values {
  texts: Record<keyof Texts, string>;
  marks: Marks;
}

export const KINDS = ['dicomweb', 'dimse', 'folder'] as const satisfies readonly Kind[];
export const EARLY = [
  'urgent',
  'never',
  'always',
] as const satisfies readonly Destination['early'][];

export const NEW: Values = {
  texts: {
    name: '',
    kind: 'dicomweb',
    address: '',
    username: '',
    password: '',
    calling_ae_title: 'RELAYPACS',
    ca: '',
    certificate: '',
    key: '',
    concurrency: '2',
    early: 'urgent',
    modalities: '',
    stations: '',
  },
  marks: { required: true, enabled: true, withoutPassword: false, levels: [], sites: [] },
};

export function valuesOf(destination: Destination): Values {
  const { rule, tls } = destination;
  return {
    texts: {
      name: destination.name,
      kind: destination.kind,
      address: destination.address,
      username: destination.username ?? '',
      password: '',
      calling_ae_title: destination.calling_ae_title,
      ca: tls.ca,
      certificate: tls.certificate,
      key: '',
      concurrency: String(destination.concurrency),
      early: destination.early,
      modalities: rule.modalities.join(', '),
      stations: rule.stations.join(', '),
    },
    marks: {
      required: destination.required,
      enabled: destination.enabled,
      withoutPassword: false,
      levels: rule.service_levels,
      sites: rule.sites,
    },
  };
}

/** Words out of a field: separated by commas or lines, each of them once. */
export function wordsIn(text: string): string[] {
  const words = text.split(/[,;\n]/).map((word) => word.trim());
  return [...new Set(words.filter(Boolean))];
}

export function ruleOf({ texts, marks }: Values): Rule {
  return {
    modalities: wordsIn(texts.modalities),
    stations: wordsIn(texts.stations),
    service_levels: [...marks.levels],
    sites: [...marks.sites],
  };
}

/** Whether everything is taken. */
export function isOpen(rule: Rule): boolean {
  return Object.values(rule).every((listed) => listed.length === 0);
}

export function newOf(values: Values): NewDestination {
  const { texts } = values;
  return {
    ...plainOf(values),
    address: texts.address.trim(),
    kind: texts.kind as Kind,
    username: texts.username.trim() || null,
    ...(texts.password && { password: texts.password }),
    tls: tlsOf(texts),
  };
}

/** What of the values is another than `seen`; secrets go along where one is given, and only then. */
export function changeOf(values: Values, seen: Destination): Change {
  const { texts, marks } = values;
  const moved = texts.address.trim() !== seen.address || texts.kind !== seen.kind;
  const username = texts.username.trim() || null;
  return {
    ...plainOf(values),
    ...(moved && { address: texts.address.trim(), kind: texts.kind as Kind }),
    ...(username !== seen.username && { username }),
    ...passwordOf(texts.password, marks.withoutPassword),
    ...(changesTls(values, seen) && { tls: tlsOf(texts) }),
  };
}

/** Certificates are changed together, so that a key that stays stored has to be given again. */
export function changesTls({ texts }: Values, { tls }: Pick<Destination, 'tls'>): boolean {
  const { ca, certificate, key } = texts;
  return ca.trim() !== tls.ca.trim() || certificate.trim() !== tls.certificate.trim() || key !== '';
}

export function candidateOf(values: Values, destinationId: string | null): Candidate {
  return {
    destination_id: destinationId,
    name: values.texts.name.trim().slice(0, 100),
    enabled: values.marks.enabled,
    required: values.marks.required,
    rule: ruleOf(values),
  };
}

function plainOf(values: Values) {
  const { texts, marks } = values;
  return {
    name: texts.name.trim(),
    calling_ae_title: texts.calling_ae_title.trim() || 'RELAYPACS',
    required: marks.required,
    enabled: marks.enabled,
    concurrency: Number(texts.concurrency),
    early: texts.early as Destination['early'],
    rule: ruleOf(values),
  };
}

function passwordOf(password: string, isForgotten: boolean): { password?: string | null } {
  if (password) return { password };
  return isForgotten ? { password: null } : {};
}

function tlsOf({ ca, certificate, key }: Values['texts']): NonNullable<Change['tls']> {
  return { ca: ca.trim(), certificate: certificate.trim(), key: key.trim() || null };
}
