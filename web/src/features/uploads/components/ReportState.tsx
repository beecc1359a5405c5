import {
  CircleCheck,
  ClipboardList,
  Glasses,
  MessageCircleQuestion,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Report } from '../api';

const looks: Record<Report['status'], { tone: Tone; icon: LucideIcon }> = {
  assigned: { tone: 'neutral', icon: ClipboardList },
  pending: { tone: 'active', icon: Glasses },
  ready: { tone: 'positive', icon: CircleCheck },
  additional_data_required: { tone: 'caution', icon: MessageCircleQuestion },
};

/** Where a report stands, as it is for who has sent the study. */
export function ReportState({ status }: { status: Report['status'] }) {
  const { t } = useTranslation('uploads');
  return <StateLabel {...looks[status]}>{t(`report.state.${status}`)}</StateLabel>;
}
