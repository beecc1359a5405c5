import { Ban, CircleCheck, MailOpen, TimerOff, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { InvitationState } from '../api';

const looks: Record<InvitationState, { tone: Tone; icon: LucideIcon }> = {
  open: { tone: 'active', icon: MailOpen },
  accepted: { tone: 'positive', icon: CircleCheck },
  revoked: { tone: 'neutral', icon: Ban },
  expired: { tone: 'neutral', icon: TimerOff },
};

export function InvitationStateLabel({ state }: { state: InvitationState }) {
  const { t } = useTranslation('people');
  return <StateLabel {...looks[state]}>{t(`invitations.state.${state}`)}</StateLabel>;
}
