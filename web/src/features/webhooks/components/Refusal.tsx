import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { isStale } from '../api';

/** Why something was not done. Who has changed it meanwhile is seen a moment later: the page is live. */
export function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation('webhooks');
  if (!isStale(error)) return <ProblemAlert assertive error={error} />;
  return (
    <Alert assertive tone="caution" title={t('conflict.title')}>
      <p>{t('conflict.again')}</p>
    </Alert>
  );
}
