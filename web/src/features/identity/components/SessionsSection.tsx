import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { OTHERS, type useSessions } from '../hooks/useSessions';
import { IdentityProblem } from './IdentityProblem';
import { SessionRow } from './SessionRow';

export function SessionsSection({ list }: { list: ReturnType<typeof useSessions> }) {
  const { t } = useTranslation('account');
  const { sessions, error, ending, ended } = list;
  const others = sessions?.some((session) => !session.is_current);

  return (
    <Section title={t('sessions.title')} intro={t('sessions.intro')}>
      <IdentityProblem error={list.endError} />
      {ended && <Alert tone="positive" title={t(`sessions.ended.${ended}`)} />}
      {Boolean(error) && <ProblemAlert error={error} onRetry={list.reload} />}
      {!sessions && !error && <RowsSkeleton rows={2} />}
      {sessions && (
        <ul className="divide-y divide-line rounded-control border border-line">
          {sessions.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              busy={ending === session.id}
              onEnd={() => void list.end(session.id)}
            />
          ))}
        </ul>
      )}
      {sessions && !others && <p className="text-sm text-muted">{t('sessions.onlyHere')}</p>}
      {others && (
        <Button
          busy={ending === OTHERS}
          onClick={() => void list.endOthers()}
          className="self-start"
        >
          {t('sessions.endOthers')}
        </Button>
      )}
    </Section>
  );
}
