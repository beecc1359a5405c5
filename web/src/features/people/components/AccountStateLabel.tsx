import { Ban, CircleCheck, Hourglass, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { AccountState } from '../api';

const looks: Record<AccountState, { tone: Tone; icon: LucideIcon }> = {
  pending: { tone: 'caution', icon: Hourglass },
  active: { tone: 'positive', icon: CircleCheck },
  disabled: { tone: 'neutral', icon: Ban },
};

export function AccountStateLabel({ state }: { state: AccountState }) {
  const { t } = useTranslation('people');
  return <StateLabel {...looks[state]}>{t(`state.${state}`)}</StateLabel>;
}
