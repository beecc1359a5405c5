import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';

import type { Destination } from '../api';

interface Props {
  /** What is there now. */
  other: Destination;
  busy: boolean;
  onTake: (other: Destination) => void;
  onOver: (other: Destination) => void;
}

/** Somebody else has saved the destination meanwhile: one of the two has to give way. */
export function DestinationConflict({ other, busy, onTake, onOver }: Props) {
  const { t } = useTranslation('destinations');
  return (
    <Alert
      assertive
      tone="caution"
      title={t('conflict.title')}
      action={
        <div className="flex flex-wrap gap-3">
          <Button onClick={() => onTake(other)}>{t('conflict.take')}</Button>
          <Button busy={busy} onClick={() => onOver(other)}>
            {t('conflict.over')}
          </Button>
        </div>
      }
    >
      <p>{t('conflict.detail')}</p>
    </Alert>
  );
}
