import { CircleAlert, CircleCheck, Info, TriangleAlert, type LucideIcon } from 'lucide-react';

/** What a colour means. It never stands alone: an icon and words say the same. */
export type Tone = 'neutral' | 'active' | 'positive' | 'caution' | 'critical';

export const softTone: Record<Tone, string> = {
  neutral: 'bg-neutral-soft text-neutral',
  active: 'bg-active-soft text-active',
  positive: 'bg-positive-soft text-positive',
  caution: 'bg-caution-soft text-caution',
  critical: 'bg-critical-soft text-critical',
};

export const toneIcon: Record<Tone, LucideIcon> = {
  neutral: Info,
  active: Info,
  positive: CircleCheck,
  caution: TriangleAlert,
  critical: CircleAlert,
};
