import { useTranslation } from 'react-i18next';

import { classes } from './classes';

/** A grey stand-in for content that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div aria-hidden className={classes('animate-pulse rounded-control bg-sunken', className)} />
  );
}

/** Rows that are on their way. */
export function RowsSkeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex flex-col gap-2">
      <span className="sr-only">{t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} className="h-20 w-full lg:h-16" />
      ))}
    </div>
  );
}

/** A page that is on its way. The same picture stands in index.html before any script has run. */
export function PageSkeleton() {
  return (
    <div className="flex flex-col gap-5">
      <Skeleton className="h-9 w-48" />
      <RowsSkeleton />
    </div>
  );
}
