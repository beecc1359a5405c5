import { useTranslation } from 'react-i18next';

import { ApiError, type RetryAfter } from '@/shared/api/problem';
import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

interface Props {
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong with the person's own action. Whoever has to wait is told how long. */
export function IdentityProblem({ error, ...rest }: Props) {
  if (!error) return null;
  if (error instanceof ApiError && error.status === 429 && error.retryAfter) {
    return <Wait retryAfter={error.retryAfter} />;
  }
  return <ProblemAlert error={error} assertive {...rest} />;
}

function Wait({ retryAfter }: { retryAfter: RetryAfter }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  return (
    <Alert tone="critical" assertive title={t('waitTitle')}>
      <p>
        {t('waitDetail', {
          count: Math.ceil(retryAfter.seconds / 60),
          time: format.timeOfDay(retryAfter.at),
        })}
      </p>
    </Alert>
  );
}
