import { CircleCheck, CircleSlash, Clock, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Version } from '../api';

type Stored = Version['stored'][number];

const LOOKS: Record<Stored['state'], { tone: Tone; icon: LucideIcon }> = {
  waiting: { tone: 'active', icon: Clock },
  verified: { tone: 'positive', icon: CircleCheck },
  attention: { tone: 'critical', icon: TriangleAlert },
  cancelled: { tone: 'neutral', icon: CircleSlash },
};

/** Where a signed version lies beside the images, or is on its way to; nothing of it is ever held up by that. */
export function StoredIn({ version }: { version: Version }) {
  const { t } = useTranslation('reading');
  if (version.stored.length === 0) return null;
  return (
    <ul aria-label={t('stored.title')} className="flex flex-col gap-2 text-sm">
      {version.stored.map((stored) => (
        <li key={stored.destination} className="flex flex-col gap-1">
          <Place stored={stored} />
        </li>
      ))}
    </ul>
  );
}

function Place({ stored: { destination, state, reason, at } }: { stored: Stored }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateLabel {...LOOKS[state]}>{t(`stored.${state}`, { name: destination })}</StateLabel>
        <span className="text-muted">{format.dateTime(at)}</span>
      </div>
      {reason && state !== 'verified' && (
        <p dir="auto" className="break-words text-muted">
          {reason}
        </p>
      )}
    </>
  );
}
