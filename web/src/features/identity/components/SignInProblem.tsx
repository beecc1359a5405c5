import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';
import { Alert } from '@/shared/ui/Alert';

import { IdentityProblem } from './IdentityProblem';

/** Why signing in failed. Wrong credentials get words of ours; everything else speaks for itself. */
export function SignInProblem({ error, step }: { error: unknown; step: 'password' | 'totp' }) {
  const { t } = useTranslation('identity');
  if (!(error instanceof ApiError && error.code === 'invalid-credentials')) {
    return <IdentityProblem error={error} />;
  }
  const code = step === 'totp';
  return (
    <Alert tone="critical" assertive title={code ? t('totpWrongTitle') : t('wrongTitle')}>
      <p>{code ? t('totpWrongDetail') : t('wrongDetail')}</p>
    </Alert>
  );
}
