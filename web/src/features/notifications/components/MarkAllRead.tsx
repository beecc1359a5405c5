import { CheckCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { useOverview } from '../current';
import type { NotificationFeed } from '../feed';

/** How many are unread in words, and the way to have none. */
export function MarkAllRead({ feed }: { feed: NotificationFeed }) {
  const { t } = useTranslation('notifications');
  const format = useFormat();
  const { unread, recent } = useOverview();
  const { busy, error, run } = useAttempt();
  if (unread === null || recent.length === 0) return null;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p role="status" className="text-sm text-muted">
          {t('unread', { count: unread, formatted: format.count(unread) })}
        </p>
        <Button
          busy={busy}
          disabled={unread === 0}
          onClick={() => void run(() => feed.markAllRead())}
        >
          <CheckCheck aria-hidden className="size-4 shrink-0" />
          {t('markAllRead')}
        </Button>
      </div>
      {Boolean(error) && (
        <div className="basis-full">
          <ProblemAlert assertive error={error} />
        </div>
      )}
    </>
  );
}
