import {
  CircleCheck,
  CircleHelp,
  CircleOff,
  CircleX,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Health } from '../health';

const LOOKS: Record<Health, { tone: Tone; icon: LucideIcon }> = {
  up: { tone: 'positive', icon: CircleCheck },
  refusing: { tone: 'caution', icon: TriangleAlert },
  failing: { tone: 'critical', icon: CircleX },
  disabled: { tone: 'neutral', icon: CircleOff },
  unknown: { tone: 'neutral', icon: CircleHelp },
};

export function HealthLabel({ health }: { health: Health }) {
  const { t } = useTranslation('destinations');
  return <StateLabel {...LOOKS[health]}>{t(`health.${health}`)}</StateLabel>;
}
