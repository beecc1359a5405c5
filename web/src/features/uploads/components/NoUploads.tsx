import { Inbox } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { EmptyState } from '@/shared/ui/EmptyState';
import { NothingFits } from '@/shared/ui/NothingFits';

import { useNarrowing } from '../hooks/useNarrowing';
import { asksForAll, type Question } from '../question';

interface Props {
  question: Question;
  onClear: () => void;
}

/** Says why there is nothing to see, and leads out of it. */
export function NoUploads({ question, onClear }: Props) {
  const { t } = useTranslation('uploads');
  const narrowing = useNarrowing(question);
  if (asksForAll(question)) {
    return (
      <EmptyState icon={Inbox} title={t('list.emptyTitle')}>
        <p>{t('list.emptyDetail')}</p>
      </EmptyState>
    );
  }
  return (
    <NothingFits
      title={t('list.nothingFound')}
      narrowing={narrowing}
      clear={t('filter.clear')}
      onClear={onClear}
    />
  );
}
