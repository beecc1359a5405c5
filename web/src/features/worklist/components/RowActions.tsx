import { useTranslation } from 'react-i18next';

import { personName } from '@/shared/format/personName';
import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { Button } from '@/shared/ui/Button';

import type { Study } from '../api';
import { lockOf } from '../due';

/** What can be done about who has a study open. */
export type Deed = 'takeOver' | 'release';

interface Props {
  study: Study;
  now: Date;
  isCurrent: boolean;
  onAsk: (deed: Deed, study: Study) => void;
}

/** Who has a study open may let go of it; an administrator may take it from him first. */
export function RowActions({ study, now, isCurrent, onAsk }: Props) {
  const { t } = useTranslation('worklist');
  const user = useCurrentUser();
  const lock = lockOf(study, now);
  if (!lock || !user) return null;
  const deed: Deed = lock.user_id === user.id ? 'release' : 'takeOver';
  if (deed === 'takeOver' && user.role !== 'admin') return null;
  const action = t(`deed.${deed}.action`);
  return (
    <Button
      tabIndex={isCurrent ? 0 : -1}
      aria-label={t('withName', { action, name: personName(study.patient_name) })}
      onClick={() => onAsk(deed, study)}
      className="relative sm:min-h-9"
    >
      {action}
    </Button>
  );
}
