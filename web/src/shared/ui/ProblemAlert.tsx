import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError, UnreachableError } from '@/shared/api/problem';
import { useOnline } from '@/shared/hooks/useOnline';
import { isOutOfRoom } from '@/shared/outOfRoom';

import { Alert } from './Alert';
import { Button } from './Button';

interface Props {
  error: unknown;
  onRetry?: () => void;
  assertive?: boolean;
}

/** Say what went wrong: the gateway's own words and the trace id its log has, or that it did not answer, or that this device is full. */
export function ProblemAlert({ error, onRetry, assertive = false }: Props) {
  const { t } = useTranslation();
  const retry = onRetry && (
    <Button onClick={onRetry}>
      <RotateCw aria-hidden className="size-4" />
      {t('retry')}
    </Button>
  );
  if (error instanceof UnreachableError)
    return <Unreachable assertive={assertive} action={retry} />;
  if (isOutOfRoom(error)) return <OutOfRoom assertive={assertive} action={retry} />;
  const problem = error instanceof ApiError ? error : null;
  return <Refusal problem={problem} assertive={assertive} action={retry} />;
}

interface PartProps {
  assertive: boolean;
  action: ReactNode;
}

function Unreachable(frame: PartProps) {
  const { t } = useTranslation();
  const cause = useOnline() ? 'unreachable' : 'offline';
  return (
    <Alert tone="caution" title={t(`problem.${cause}Title`)} {...frame}>
      <p>{t(`problem.${cause}Detail`)}</p>
    </Alert>
  );
}

function OutOfRoom(frame: PartProps) {
  const { t } = useTranslation();
  return (
    <Alert tone="critical" title={t('problem.outOfRoomTitle')} {...frame}>
      <p>{t('problem.outOfRoomDetail')}</p>
    </Alert>
  );
}

function Refusal({ problem, ...frame }: PartProps & { problem: ApiError | null }) {
  const { t } = useTranslation();
  return (
    <Alert tone="critical" title={problem?.title || t('problem.unexpectedTitle')} {...frame}>
      <p dir="auto" className="break-words">
        {problem?.detail || t('problem.unexpectedDetail')}
      </p>
      {problem?.traceId && (
        <p>
          {t('problem.trace')}
          <code dir="ltr" className="block break-all select-all">
            {problem.traceId}
          </code>
        </p>
      )}
    </Alert>
  );
}
