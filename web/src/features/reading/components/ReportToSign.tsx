import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';

import type { Report, ReportText } from '../api';
import { WrittenText } from './WrittenText';

/** A last look: the words, and whether a PDF goes out in the place of pages that are made of them. */
export function ReportToSign({ report, text }: { report: Report; text: ReportText }) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const size = report.draft?.pdf_size;
  return (
    <div className="flex flex-col gap-3">
      {size && (
        <Alert tone="active" title={t('pdf.title')}>
          <p>{format.bytes(size)}</p>
          <p>{t('pdf.detail')}</p>
        </Alert>
      )}
      <WrittenText text={text} />
    </div>
  );
}
