import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { ApiError, UnreachableError } from '@/shared/api/problem';
import { Alert } from '@/shared/ui/Alert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { CardPage } from '../components/CardPage';
import { IdentityProblem } from '../components/IdentityProblem';
import { useSingleSignOnReturn, type ReturnState } from '../hooks/useSingleSignOnReturn';

/** Where another system sends people back to who signed in there. */
export default function SingleSignOnPage() {
  const { t } = useTranslation('account');
  const { state, retry } = useSingleSignOnReturn();
  if (state.phase === 'busy') {
    return (
      <CardPage title={t('oidc.title')}>
        <RowsSkeleton rows={2} />
      </CardPage>
    );
  }
  return (
    <CardPage arriving title={t('oidc.failedTitle')}>
      <Failure state={state} retry={retry} />
      <Link to="/" replace className="font-medium text-brand underline">
        {t('toSignIn')}
      </Link>
    </CardPage>
  );
}

interface FailureProps {
  state: Exclude<ReturnState, { phase: 'busy' }>;
  retry: () => void;
}

function Failure({ state, retry }: FailureProps) {
  const { t } = useTranslation('account');
  if (state.phase !== 'failed') {
    return (
      <Alert tone="critical" assertive title={t(`oidc.${state.phase}Title`)}>
        <p>{t(`oidc.${state.phase}Detail`)}</p>
      </Alert>
    );
  }
  const { error } = state;
  // The other system's answer works once; only where the gateway never saw it may it be sent again.
  if (isTemporary(error)) return <IdentityProblem error={error} onRetry={retry} />;
  if (error instanceof ApiError && error.code === 'link-invalid') {
    return (
      <Alert tone="critical" assertive title={t('oidc.expiredTitle')}>
        <p>{t('oidc.expiredDetail')}</p>
      </Alert>
    );
  }
  return <IdentityProblem error={error} />;
}

function isTemporary(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ApiError && error.status === 503);
}
