import {
  Ban,
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  CloudUpload,
  Copy,
  FileQuestion,
  Hourglass,
  PackageOpen,
  Scale,
  ScanSearch,
  Send,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { QueueState } from '../outbox/progress';

const looks: Record<QueueState, { tone: Tone; icon: LucideIcon }> = {
  packing: { tone: 'active', icon: PackageOpen },
  sending: { tone: 'active', icon: CloudUpload },
  waiting: { tone: 'neutral', icon: Clock },
  paused: { tone: 'caution', icon: CirclePause },
  'data-saver': { tone: 'caution', icon: Hourglass },
  received: { tone: 'active', icon: ScanSearch },
  checked: { tone: 'active', icon: CircleCheck },
  delivering: { tone: 'active', icon: Send },
  held: { tone: 'caution', icon: Scale },
  verified: { tone: 'positive', icon: CircleCheck },
  'verified-in-part': { tone: 'caution', icon: TriangleAlert },
  'needs-files': { tone: 'critical', icon: FileQuestion },
  duplicate: { tone: 'caution', icon: Copy },
  stopped: { tone: 'critical', icon: CircleX },
  cancelling: { tone: 'neutral', icon: Ban },
};

export function QueueStateLabel({ state }: { state: QueueState }) {
  const { t } = useTranslation('queue');
  const { tone, icon } = looks[state];
  return (
    <StateLabel tone={tone} icon={icon}>
      {t(`state.${state}`)}
    </StateLabel>
  );
}
