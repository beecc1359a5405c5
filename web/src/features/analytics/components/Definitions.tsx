import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Disclosure } from '@/shared/ui/Disclosure';

const TERMS = [
  'days',
  'studies',
  'success',
  'images',
  'saved',
  'toVerified',
  'percentiles',
  'failures',
  'turnaround',
  'before',
] as const;

/** What each number counts, so that nobody has to guess. */
export function Definitions() {
  const { t } = useTranslation('analytics');
  const [open, setOpen] = useState(false);
  return (
    <Disclosure label={t('terms.title')} open={open} onToggle={() => setOpen(!open)}>
      <dl className="grid gap-x-8 gap-y-4 text-sm md:grid-cols-2">
        {TERMS.map((term) => (
          <div key={term} className="max-w-prose">
            <dt className="font-semibold">{t(`terms.${term}.name`)}</dt>
            <dd className="text-muted">{t(`terms.${term}.text`)}</dd>
          </div>
        ))}
      </dl>
    </Disclosure>
  );
}
