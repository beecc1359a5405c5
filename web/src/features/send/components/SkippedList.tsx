import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Disclosure } from '@/shared/ui/Disclosure';

import type { Skipped, SkipReason } from '../scan/types';

/** As many names are listed for each reason: a CD's viewer alone may have hundreds of files. */
const LISTED = 50;

/** What is left out, by why. Folded, since most of it is what lies beside images on every CD. */
export function SkippedList({ skipped }: { skipped: Skipped[] }) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const count = skipped.length;
  if (count === 0) return null;
  return (
    <Disclosure
      label={t('skipped.title', { count, formatted: format.count(count) })}
      open={open}
      onToggle={() => setOpen(!open)}
    >
      {open && (
        <dl className="flex flex-col gap-4 text-sm">
          {[...byReason(skipped)].map(([why, labels]) => (
            <div key={why} className="flex min-w-0 flex-col gap-1">
              <dt className="font-medium">
                {t(`skipped.why.${why}`)}{' '}
                <span className="text-muted">({format.count(labels.length)})</span>
              </dt>
              {labels.slice(0, LISTED).map((label, index) => (
                <dd key={index} className="break-all text-muted">
                  <bdi>{label}</bdi>
                </dd>
              ))}
              {labels.length > LISTED && (
                <dd className="text-muted">
                  {t('skipped.more', {
                    count: labels.length - LISTED,
                    formatted: format.count(labels.length - LISTED),
                  })}
                </dd>
              )}
            </div>
          ))}
        </dl>
      )}
    </Disclosure>
  );
}

function byReason(skipped: Skipped[]): Map<SkipReason, string[]> {
  const reasons = new Map<SkipReason, string[]>();
  for (const { why, label } of skipped) reasons.set(why, [...(reasons.get(why) ?? []), label]);
  return reasons;
}
