import { useTranslation } from 'react-i18next';

import type { Cause } from './causes';

interface Props {
  cause: Cause;
  /** In the destination's own words; empty where it said nothing. */
  words: string;
}

/** What is wrong with a destination in its own words, and what to do about it. */
export function CauseAdvice({ cause, words }: Props) {
  const { t } = useTranslation('pacs');
  return (
    <dl className="grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
      {words && (
        <>
          <dt className="text-muted">{t('words')}</dt>
          <dd className="min-w-0">
            <bdi className="font-mono break-words">{words}</bdi>
          </dd>
        </>
      )}
      <dt className="text-muted">{t('advice')}</dt>
      <dd className="min-w-0 max-w-prose">{t(`todo.${cause}`)}</dd>
    </dl>
  );
}
