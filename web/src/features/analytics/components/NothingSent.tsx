import { ChartColumn } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { EmptyState } from '@/shared/ui/EmptyState';

import type { Scope } from '../api';
import { isNarrowed, longerThan, type Question } from '../question';

interface Props {
  scope: Scope;
  question: Question;
  onChange: (changes: Partial<Question>) => void;
}

/** There is nothing to count: says so, and leads to where there may be. */
export function NothingSent({ scope, question, onChange }: Props) {
  const { t } = useTranslation('analytics');
  const longer = longerThan(question.period);
  const isAll = longer === null;
  const kind = scope === 'reading' ? 'reading' : 'sent';
  return (
    <EmptyState icon={ChartColumn} title={t(isAll ? `empty.${kind}Ever` : `empty.${kind}`)}>
      <div className="flex flex-col items-center gap-4">
        <p>{t(`empty.${kind}Detail`)}</p>
        <div className="flex flex-wrap justify-center gap-3">
          {longer !== null && (
            <Button onClick={() => onChange({ period: longer })}>
              {t('empty.longer', { period: t(`period.${longer}`) })}
            </Button>
          )}
          {isNarrowed(question) && (
            <Button onClick={() => onChange({ siteId: null, userId: null })}>
              {t('empty.everything')}
            </Button>
          )}
        </div>
      </div>
    </EmptyState>
  );
}
