import { useTranslation } from 'react-i18next';

import { EditConflict } from '@/shared/ui/EditConflict';

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
    <EditConflict
      busy={busy}
      onTake={() => onTake(other)}
      onOver={() => onOver(other)}
      texts={{
        title: t('conflict.title'),
        detail: t('conflict.detail'),
        take: t('conflict.take'),
        over: t('conflict.over'),
      }}
    />
  );
}
