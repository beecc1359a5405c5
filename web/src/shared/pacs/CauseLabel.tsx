import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import { iconOf, type Cause } from './causes';

/** Why something is stuck, in a word or two. */
export function CauseLabel({ cause, tone = 'critical' }: { cause: Cause; tone?: Tone }) {
  const { t } = useTranslation('pacs');
  return (
    <StateLabel tone={tone} icon={iconOf(cause)}>
      {t(`cause.${cause}`)}
    </StateLabel>
  );
}
