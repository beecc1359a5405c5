import { Inbox, SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { EmptyState } from '@/shared/ui/EmptyState';

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
    <EmptyState icon={SearchX} title={t('list.nothingFound')}>
      <ul className="mb-4 flex flex-wrap justify-center gap-x-4 gap-y-1">
        {narrowing.map(({ name, value }) => (
          <li key={name} className="min-w-0 break-words">
            {value === null ? (
              <span className="font-medium text-ink">{name}</span>
            ) : (
              <>
                {name} <bdi className="font-medium text-ink">{value}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
      <Button onClick={onClear}>{t('filter.clear')}</Button>
    </EmptyState>
  );
}
