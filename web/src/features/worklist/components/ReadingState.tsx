import {
  CircleCheck,
  ClipboardList,
  Glasses,
  Lock,
  MessageCircleQuestion,
  Siren,
  UserRound,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { StateLabel } from '@/shared/ui/StateLabel';
import type { Tone } from '@/shared/ui/tone';

import type { Study, StudyStatus } from '../api';
import { lockOf } from '../due';

const looks: Record<StudyStatus, { tone: Tone; icon: LucideIcon }> = {
  assigned: { tone: 'neutral', icon: ClipboardList },
  pending: { tone: 'active', icon: Glasses },
  ready: { tone: 'positive', icon: CircleCheck },
  additional_data_required: { tone: 'caution', icon: MessageCircleQuestion },
};

interface Props {
  study: Study;
  now: Date;
}

/** Where the reading of a study stands, who has it open and until when, or who reads it. */
export function ReadingState({ study, now }: Props) {
  const { t } = useTranslation('worklist');
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <StateLabel {...looks[study.status]}>{t(`status.${study.status}`)}</StateLabel>
      {study.is_critical && (
        <StateLabel tone="critical" icon={Siren}>
          {t('critical')}
        </StateLabel>
      )}
      <Reader study={study} now={now} />
    </div>
  );
}

function Reader({ study, now }: Props) {
  const { t } = useTranslation('worklist');
  const format = useFormat();
  const me = useCurrentUser()?.id;
  const lock = lockOf(study, now);
  const { radiologist, radiologist_id: readerId } = study;
  if (lock) {
    const time = format.timeOfDay(new Date(lock.until));
    return (
      <p className="flex min-w-0 basis-full items-start gap-1.5 text-sm">
        <Lock aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 break-words">
          {lock.user_id === me
            ? t('reader.openHere', { time })
            : t('reader.open', { name: lock.name, time })}
        </span>
      </p>
    );
  }
  if (radiologist === null) return null;
  return (
    <p className="flex min-w-0 basis-full items-start gap-1.5 text-sm text-muted">
      <UserRound aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 break-words">
        {readerId === me ? t('reader.you') : <bdi>{radiologist}</bdi>}
      </span>
    </p>
  );
}
