import { FileQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { EmptyState } from '@/shared/ui/EmptyState';

export default function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <EmptyState level={1} icon={FileQuestion} title={t('notFound.title')}>
      <p>{t('notFound.detail')}</p>
      <Link to="/" className="mt-3 inline-block font-medium text-brand underline">
        {t('notFound.home')}
      </Link>
    </EmptyState>
  );
}
