import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';

import type { Held } from '../api';
import { LeaveOut } from './LeaveOut';

interface Props {
  held: Held;
  chosen: ReadonlySet<string>;
  onToggle: (sha256: string) => void;
}

/** Contents that stand under one SOPInstanceUID. What was sent before can't be left out any more. */
export function HeldConflicts({ held, chosen, onToggle }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const more = held.conflict_count - held.conflicts.length;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 text-sm">{t('decision.conflicts')}</legend>
      {held.conflicts.map(({ sop_instance_uid: uid, contents }) => (
        <div key={uid} className="flex flex-col gap-2">
          <bdi className="text-sm break-all text-muted">{uid}</bdi>
          {contents.map((content) => (
            <LeaveOut
              key={content.sha256}
              name={content.sha256}
              chosen={chosen}
              onToggle={onToggle}
              disabled={content.earlier_upload !== null}
            >
              <bdi className="break-all">{content.member ?? content.file_name}</bdi>
              {content.earlier_upload !== null && (
                <span className="text-sm text-muted">{t('decision.earlier')}</span>
              )}
            </LeaveOut>
          ))}
        </div>
      ))}
      {more > 0 && (
        <p className="text-sm">
          {t('decision.more', { count: more, formatted: format.count(more) })}
        </p>
      )}
    </fieldset>
  );
}
