import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from './Button';
import { ProblemAlert } from './ProblemAlert';

interface Props {
  busy: boolean;
  error: unknown;
  onMore: () => void;
}

/** The end of a list that has more: loads by itself when it comes near, or when pressed. */
export function LoadMore({ busy, error, onMore }: Props) {
  const { t } = useTranslation();
  const end = useRef<HTMLDivElement>(null);
  const near = useEffectEvent(() => {
    if (!busy && !error) onMore();
  });

  useEffect(() => {
    if (!end.current || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      (entries) => {
        // Several changes may come at once, the newest last.
        if (entries.at(-1)?.isIntersecting) near();
      },
      { rootMargin: '600px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [busy]); // observing afresh after each page: an end that stayed in view must fire again

  return (
    <div ref={end} className="flex flex-col items-center py-4">
      {error ? (
        <ProblemAlert error={error} onRetry={onMore} />
      ) : (
        <Button busy={busy} onClick={onMore}>
          {busy ? t('loading') : t('loadMore')}
        </Button>
      )}
    </div>
  );
}
