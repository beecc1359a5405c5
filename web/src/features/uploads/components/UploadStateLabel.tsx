import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  ClipboardCheck,
  Copy,
  Hand,
  Inbox,
  Send,
  TimerOff,
  TriangleAlert,
  Upload as UploadIcon,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { UploadState } from '../state';

const looks: Record<UploadState, { tone: Tone; icon: LucideIcon }> = {
  notStarted: { tone: 'neutral', icon: CircleDashed },
  onTheWay: { tone: 'active', icon: UploadIcon },
  received: { tone: 'active', icon: Inbox },
  checked: { tone: 'active', icon: ClipboardCheck },
  delivering: { tone: 'active', icon: Send },
  verified: { tone: 'positive', icon: CircleCheck },
  verifiedInPart: { tone: 'caution', icon: TriangleAlert },
  held: { tone: 'caution', icon: Hand },
  rejected: { tone: 'critical', icon: CircleX },
  duplicate: { tone: 'neutral', icon: Copy },
  cancelled: { tone: 'neutral', icon: Ban },
  expired: { tone: 'critical', icon: TimerOff },
  failed: { tone: 'critical', icon: CircleX },
};

export function UploadStateLabel({ state }: { state: UploadState }) {
  const { t } = useTranslation('uploads');
  const { tone, icon } = looks[state];
  return (
    <StateLabel tone={tone} icon={icon}>
      {t(`list.state.${state}`)}
    </StateLabel>
  );
}
