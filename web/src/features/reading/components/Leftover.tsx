import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { CopyButton } from '@/shared/ui/CopyButton';

import type { ReportText } from '../api';
import { DraftPlace } from '../drafts/drafts';
import { FIELDS, isSame } from '../text';
import type { DraftWriter } from '../writer';
import { WrittenText } from './WrittenText';

interface Props {
  reportId: string;
  /** Null where the page has opened without one. */
  writer?: DraftWriter | null;
}

/** Text of the person that never reached the gateway, and cannot any more: to be copied, or done with. */
export function Leftover({ reportId, writer = null }: Props) {
  const { t } = useTranslation('reading');
  const [place] = useState(() => new DraftPlace(reportId, 'report'));
  const [text, setText] = useState<ReportText | null>(null);
  const [asks, setAsks] = useState(false);

  useEffect(() => {
    let isCurrent = true;
    void place.recall().then((kept) => {
      if (isCurrent && kept && !isSame(kept.text, kept.base)) setText(kept.text);
    });
    return () => {
      isCurrent = false;
    };
  }, [place, writer]);

  if (!text) return null;
  const discard = () => {
    void place.forget();
    setText(null);
  };
  return (
    <>
      <Alert
        tone="caution"
        title={t('leftover.title')}
        action={
          <span className="flex flex-wrap gap-3">
            <CopyButton text={wordsOf(text)} label={t('leftover.copy')} />
            <Button onClick={() => setAsks(true)}>{t('leftover.discard')}</Button>
          </span>
        }
      >
        <p>{t('leftover.detail')}</p>
        <div className="mt-2 text-ink">
          <WrittenText text={text} />
        </div>
      </Alert>
      {asks && (
        <ConfirmDialog
          danger
          title={t('leftover.discardTitle')}
          action={t('leftover.discard')}
          onConfirm={discard}
          onCancel={() => setAsks(false)}
        >
          <p>{t('leftover.discardDetail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function wordsOf(text: ReportText): string {
  return FIELDS.map((name) => text[name])
    .filter(Boolean)
    .join('\n\n');
}
