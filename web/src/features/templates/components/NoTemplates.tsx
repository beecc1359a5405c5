import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';

/** For whom templates are none of his business. */
export function NoTemplates() {
  const { t } = useTranslation('templates');
  return (
    <EmptyState level={1} icon={FileText} title={t('forbidden.title')}>
      <p>{t('forbidden.detail')}</p>
    </EmptyState>
  );
}
