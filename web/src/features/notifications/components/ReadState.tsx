import { Mail } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { StateLabel } from '@/shared/ui/StateLabel';

import type { NotificationItem } from '../api';
import { wordsOf } from '../words';

interface Props {
  item: NotificationItem;
  busy: boolean;
  onRead: () => void;
}

/** Whether a notification was read, in words, and the way to say so. */
export function ReadState({ item, busy, onRead }: Props) {
  const { t } = useTranslation('notifications');
  if (item.is_read) return <span className="text-sm text-muted">{t('state.read')}</span>;
  const { title } = wordsOf(item, t);
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StateLabel tone="active" icon={Mail}>
        {t('state.unread')}
      </StateLabel>
      <Button
        look="quiet"
        busy={busy}
        onClick={onRead}
        aria-label={t('markOneRead', { title })}
        className="relative"
      >
        {t('markRead')}
      </Button>
    </span>
  );
}
