import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Freshness } from '@/shared/ui/Freshness';
import { LoadMore } from '@/shared/ui/LoadMore';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { useUploads, type Uploads } from '../hooks/useUploads';
import { asksForAll, type Question } from '../question';
import { NoUploads } from './NoUploads';
import { UploadTable } from './UploadTable';

interface Props {
  question: Question;
  onClear: () => void;
}

/** The uploads that answer a question. Give it the question's key as its own: it does not change to another. */
export function UploadList({ question, onClear }: Props) {
  const uploads = useUploads(question);
  const { asOf, error, isKept, reload } = uploads;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <ResultCount {...uploads} />
        <Freshness
          asOf={asOf}
          error={error}
          onRetry={reload}
          isNarrowed={isKept && !asksForAll(question)}
        />
      </div>
      <Found uploads={uploads} question={question} onClear={onClear} />
    </div>
  );
}

function Found({ uploads, question, onClear }: Props & { uploads: Uploads }) {
  const { listing, error, more } = uploads;
  if (isComing(uploads)) return error ? null : <RowsSkeleton rows={8} />;
  if (!listing || listing.items.length === 0)
    return <NoUploads question={question} onClear={onClear} />;
  return (
    <>
      <UploadTable listing={listing} busy={more.busy} />
      {listing.nextCursor !== null && (
        <LoadMore busy={more.busy} error={more.error} onMore={more.load} />
      )}
    </>
  );
}

/** How many there are, read out when that changes. */
function ResultCount(uploads: Uploads) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const count = uploads.listing?.items.length ?? 0;
  const formatted = format.count(count);
  const text = uploads.listing?.nextCursor
    ? t('list.loaded', { formatted })
    : t('list.found', { count, formatted });
  return (
    <p role="status" className="min-h-5 text-sm text-muted">
      {!isComing(uploads) && text}
    </p>
  );
}

/** Nothing can be said yet: that this device keeps nothing of it does not mean that there is nothing. */
function isComing({ listing, isKept, error }: Uploads): boolean {
  return !listing || (isKept && listing.items.length === 0 && !error);
}
