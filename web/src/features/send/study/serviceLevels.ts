import type { components } from '@/shared/api/schema';

export type ServiceLevel = components['schemas']['ServiceLevel'];

/** How soon a report is due, in hours; the most urgent first. */
export const SERVICE_LEVELS: readonly { level: ServiceLevel; hours: number }[] = [
  { level: 'stat', hours: 1 },
  { level: 'emergency', hours: 4 },
  { level: 'routine', hours: 24 },
  { level: 'subspecialty', hours: 72 },
];

const URGENT: readonly ServiceLevel[] = ['stat', 'emergency'];

export function isUrgent(level: ServiceLevel): boolean {
  return URGENT.includes(level);
}
