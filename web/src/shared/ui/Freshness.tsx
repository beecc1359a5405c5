import { CloudOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { UnreachableError } from '@/shared/api/problem';
import { useFormat } from '@/shared/format/useFormat';
import { useOnline } from '@/shared/hooks/useOnline';

import { ProblemAlert } from './ProblemAlert';

interface Props {
  /** When the gateway said what is shown; null where that is now, and where nothing is shown. */
  asOf: Date | null;
  error: unknown;
  onRetry: () => void;
  /** Something was looked for, in what this device keeps alone. */
  isNarrowed?: boolean;
}

/** Says where what is shown is not of now, of when it is, and why. */
export function Freshness({ asOf, error, onRetry, isNarrowed = false }: Props) {
  const online = useOnline();
  const isUnreachable = error instanceof UnreachableError;
  // What stands above every page says it already, and there is something to look at.
  const isTold = isUnreachable && !online && asOf !== null;
  const reason = !online ? 'offline' : isUnreachable ? 'unreachable' : 'updating';
  return (
    <>
      {Boolean(error) && !isTold && (
        <div className="order-last basis-full">
          <ProblemAlert error={error} onRetry={onRetry} />
        </div>
      )}
      {asOf && <AsOf at={asOf} reason={reason} isNarrowed={isNarrowed} />}
    </>
  );
}

interface AsOfProps {
  at: Date;
  reason: 'offline' | 'unreachable' | 'updating';
  isNarrowed: boolean;
}

function AsOf({ at, reason, isNarrowed }: AsOfProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <p className="flex items-start gap-2 text-sm text-muted">
      <CloudOff aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        <span className="font-semibold text-ink">
          {t('kept.asOf', { time: format.dateTime(at.toISOString()) })}
        </span>{' '}
        {t(`kept.${reason}`)}
        {isNarrowed && ` ${t('kept.narrowed')}`}
      </span>
    </p>
  );
}
