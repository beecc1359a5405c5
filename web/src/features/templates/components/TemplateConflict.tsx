import { useTranslation } from 'react-i18next';

import { EditConflict } from '@/shared/ui/EditConflict';

import type { Template } from '../api';

interface Props {
  /** What is there now. */
  other: Template;
  busy: boolean;
  onTake: (other: Template) => void;
  onOver: (other: Template) => void;
}

/** Somebody else has saved the template meanwhile: one of the two has to give way. */
export function TemplateConflict({ other, busy, onTake, onOver }: Props) {
  const { t } = useTranslation('templates');
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
