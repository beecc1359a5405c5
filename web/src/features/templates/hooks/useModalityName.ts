import { useTranslation } from 'react-i18next';

import type { Template } from '../api';

/** How a template's modality is said: by its code, as radiologists do, and in words where there is none. */
export function useModalityName(): (modality: Template['modality']) => string {
  const { t } = useTranslation('templates');
  return (modality) => {
    if (modality === null) return t('anyModality');
    return modality === 'OTHER' ? t('otherModality') : modality;
  };
}
