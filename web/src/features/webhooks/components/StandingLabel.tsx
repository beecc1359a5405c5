import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleOff,
  CirclePause,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Standing } from '../webhooks';

const LOOKS: Record<Standing, { tone: Tone; icon: LucideIcon }> = {
  on: { tone: 'positive', icon: CircleCheck },
  idle: { tone: 'neutral', icon: CircleDashed },
  failing: { tone: 'caution', icon: CircleAlert },
  parked: { tone: 'critical', icon: CirclePause },
  off: { tone: 'neutral', icon: CircleOff },
};

export function StandingLabel({ standing }: { standing: Standing }) {
  const { t } = useTranslation('webhooks');
  const { tone, icon } = LOOKS[standing];
  return (
    <StateLabel tone={tone} icon={icon}>
      {t(`standing.${standing}`)}
    </StateLabel>
  );
}
