import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import type { ShownListing } from '@/shared/hooks/useListing';
import type { Listing } from '@/shared/listing';

import { Freshness } from './Freshness';
import { LoadMore } from './LoadMore';
import { RowsSkeleton } from './Skeleton';

interface Props<Item> {
  shown: ShownListing<Item>;
  /** How many there are, in words, where all of them are loaded. */
  found: (count: number) => string;
  /** Something was looked for: of what this device keeps, that says nothing about the rest. */
  isNarrowed: boolean;
  /** Says why there is nothing to see, and leads out of it. */
  nothing: ReactNode;
  /** Draw what there is. */
  table: (listing: Listing<Item>) => ReactNode;
}

/** A list that comes page by page and is kept up to date, in all its states. */
export function LiveList<Item>({ shown, found, isNarrowed, nothing, table }: Props<Item>) {
  const { asOf, error, isKept, reload } = shown;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <ResultCount shown={shown} found={found} />
        <Freshness asOf={asOf} error={error} onRetry={reload} isNarrowed={isKept && isNarrowed} />
      </div>
      <Found shown={shown} nothing={nothing} table={table} />
    </div>
  );
}

function Found<Item>({ shown, nothing, table }: Pick<Props<Item>, 'shown' | 'nothing' | 'table'>) {
  const { listing, error, more } = shown;
  if (isComing(shown)) return error ? null : <RowsSkeleton rows={8} />;
  if (!listing || listing.items.length === 0) return nothing;
  return (
    <>
      {table(listing)}
      {listing.nextCursor !== null && (
        <LoadMore busy={more.busy} error={more.error} onMore={more.load} />
      )}
    </>
  );
}

/** How many there are, read out when that changes. */
function ResultCount<Item>({ shown, found }: Pick<Props<Item>, 'shown' | 'found'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = shown.listing?.items.length ?? 0;
  const text = shown.listing?.nextCursor
    ? t('loadedSoFar', { formatted: format.count(count) })
    : found(count);
  return (
    <p role="status" className="min-h-5 text-sm text-muted">
      {!isComing(shown) && text}
    </p>
  );
}

/** Nothing can be said yet: that this device keeps nothing of it does not mean that there is nothing. */
function isComing<Item>({ listing, isKept, error }: ShownListing<Item>): boolean {
  return !listing || (isKept && listing.items.length === 0 && !error);
}
