import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';

import type { Report } from '../api';
import type { Holder, Reading } from '../reading';
import type { DraftWriter } from '../writer';
import { Leftover } from './Leftover';
import { ReadOnlyStudy } from './ReadOnlyStudy';

interface Props {
  reading: Reading;
  report: Report;
  holder: Holder;
  writer: DraftWriter | null;
}

/** Somebody else has the study open. It is asked for again by itself. */
export function LockedView({ reading, report, holder, writer }: Props) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  return (
    <ReadOnlyStudy report={report}>
      <Alert
        tone="caution"
        title={t('locked.title', { name: holder.name })}
        action={<Button onClick={() => void reading.retry()}>{t('locked.retry')}</Button>}
      >
        <p>
          {holder.until && `${t('locked.until', { time: format.dateTime(holder.until) })} `}
          {t('locked.detail')}
        </p>
      </Alert>
      <Leftover reportId={report.id} writer={writer} />
    </ReadOnlyStudy>
  );
}
