import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';
import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { NotSaved } from '../writing';

interface Props {
  error: unknown;
  /** The other system did not say that it is the person. */
  isRefused: boolean;
}

/** Refusals of a signature that deserve words of their own. */
const OWN_WORDS = ['stale-edit', 'report-empty', 'proof-refused', 'report-not-claimed'] as const;

/** Why it is not signed, and what to do. */
export function SigningProblem({ error, isRefused }: Props) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  if (!error) return isRefused ? <Refused code="proof-refused" /> : null;
  if (error instanceof NotSaved) {
    return (
      <Alert tone="critical" assertive title={t('sign.notSavedTitle')}>
        <p>{t('sign.notSavedDetail')}</p>
      </Alert>
    );
  }
  if (!(error instanceof ApiError)) return <ProblemAlert assertive error={error} />;
  const own = OWN_WORDS.find((code) => code === error.code);
  if (own) return <Refused code={own} />;
  if (error.code !== 'too-many-failures') return <ProblemAlert assertive error={error} />;
  const until = error.retryAfter?.at ?? null;
  return (
    <Alert tone="critical" assertive title={t('sign.lockedOutTitle')}>
      <p>
        {until
          ? t('sign.lockedOutUntil', { time: format.timeOfDay(until) })
          : t('sign.lockedOutDetail')}
      </p>
    </Alert>
  );
}

function Refused({ code }: { code: (typeof OWN_WORDS)[number] }) {
  const { t } = useTranslation('reading');
  return (
    <Alert tone="critical" assertive title={t(`sign.problem.${code}.title`)}>
      <p>{t(`sign.problem.${code}.detail`)}</p>
    </Alert>
  );
}
