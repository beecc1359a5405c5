import { FileText, FileUp, Trash2 } from 'lucide-react';
import { useEffect, useId, useMemo, useState, type ChangeEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { useObjectUrl } from '@/shared/hooks/useObjectUrl';
import { Alert } from '@/shared/ui/Alert';
import { Button, buttonLook } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { bringPdf, dropPdf, type Report } from '../api';
import {
  forgetBrought,
  keepBrought,
  MOST_PDF_BYTES,
  recallBrought,
  type Brought,
} from '../brought';
import type { Reading } from '../reading';
import type { DraftWriter } from '../writer';

interface Props {
  reading: Reading;
  report: Report;
  writer: DraftWriter;
}

/** A report that was written elsewhere: its PDF is signed in the place of pages that are made of the words. */
export function BroughtPdf({ reading, report, writer }: Props) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const { busy, error, run } = useAttempt();
  const [isTooLarge, setTooLarge] = useState(false);
  const size = report.draft?.pdf_size ?? null;

  const bring = async (file: File) => {
    setTooLarge(file.size > MOST_PDF_BYTES);
    if (file.size > MOST_PDF_BYTES) return;
    await run(async () => {
      const bytes = await file.arrayBuffer();
      const pdf = new Blob([bytes], { type: 'application/pdf' });
      await writer.alongside((revision) => bringPdf(report.id, pdf, revision));
      await keepBrought(report.id, { name: file.name, bytes });
      await reading.retry();
    });
  };
  const drop = () =>
    run(async () => {
      await writer.alongside((revision) => dropPdf(report.id, revision));
      await forgetBrought(report.id);
      await reading.retry();
    });

  return (
    <div className="flex flex-col gap-3">
      {size === null ? (
        <PickPdf busy={busy} onPick={(file) => void bring(file)} />
      ) : (
        <Present reportId={report.id} size={size} busy={busy} onDrop={() => void drop()} />
      )}
      {isTooLarge && (
        <Alert tone="critical" assertive title={t('pdf.tooLargeTitle')}>
          <p>{t('pdf.tooLargeDetail', { size: format.bytes(MOST_PDF_BYTES) })}</p>
        </Alert>
      )}
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}

function PickPdf({ busy, onPick }: { busy: boolean; onPick: (file: File) => void }) {
  const { t } = useTranslation('reading');
  const id = useId();
  const pick = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    // The same file again is a change, too.
    target.value = '';
    if (file && !busy) onPick(file);
  };
  return (
    <div className="flex">
      <input
        id={id}
        type="file"
        accept="application/pdf,.pdf"
        onChange={pick}
        className="peer sr-only"
      />
      <label
        htmlFor={id}
        aria-disabled={busy || undefined}
        className={buttonLook(
          'secondary',
          'cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-focus',
        )}
      >
        <FileUp aria-hidden className="size-4" />
        {busy ? t('pdf.busy') : t('pdf.bring')}
      </label>
    </div>
  );
}

interface PresentProps {
  reportId: string;
  size: number;
  busy: boolean;
  onDrop: () => void;
}

function Present({ reportId, size, busy, onDrop }: PresentProps) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const brought = useBrought(reportId, size);
  const file = useMemo(
    () => brought && new Blob([brought.bytes], { type: 'application/pdf' }),
    [brought],
  );
  const url = useObjectUrl(file);
  return (
    <Alert
      tone="active"
      title={t('pdf.title')}
      action={
        <span className="flex flex-wrap gap-3">
          {url && (
            <a href={url} target="_blank" rel="noreferrer" className={buttonLook('secondary')}>
              <FileText aria-hidden className="size-4" />
              {t('pdf.look')}
            </a>
          )}
          <Button busy={busy} onClick={onDrop}>
            <Trash2 aria-hidden className="size-4" />
            {t('pdf.drop')}
          </Button>
        </span>
      }
    >
      <p className="break-words">
        {brought && (
          <>
            <bdi>{brought.name}</bdi>
            {' · '}
          </>
        )}
        {format.bytes(size)}
      </p>
      <p>{t('pdf.detail')}</p>
    </Alert>
  );
}

function useBrought(reportId: string, size: number): Brought | null {
  const [brought, setBrought] = useState<Brought | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void recallBrought(reportId, size).then((found) => {
      if (isCurrent) setBrought(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [reportId, size]);
  return brought;
}
