import {
  Ban,
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  Power,
  RotateCw,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Doing } from '../state';

const LOOKS: Record<Doing, { tone: Tone; icon: LucideIcon }> = {
  waiting: { tone: 'neutral', icon: Clock },
  underWay: { tone: 'active', icon: RotateCw },
  failing: { tone: 'caution', icon: TriangleAlert },
  destinationOff: { tone: 'neutral', icon: Power },
  attention: { tone: 'critical', icon: CircleX },
  verified: { tone: 'positive', icon: CircleCheck },
  paused: { tone: 'neutral', icon: CirclePause },
  cancelled: { tone: 'neutral', icon: Ban },
};

export function DeliveryStateLabel({ doing }: { doing: Doing }) {
  const { t } = useTranslation('deliveries');
  return <StateLabel {...LOOKS[doing]}>{t(`state.${doing}`)}</StateLabel>;
}
