import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';

import type { Upload } from '../api';

/** What somebody should know about the study. None of it holds up the delivery. */
export function Warnings({ warnings }: { warnings: Upload['warnings'] }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  if (warnings.length === 0) return null;
  const title = t('list.warnings', {
    count: warnings.length,
    formatted: format.count(warnings.length),
  });
  return (
    <Alert tone="caution" title={title}>
      <ul className="flex list-disc flex-col gap-1 ps-4">
        {warnings.map((warning, index) => (
          <li key={index} dir="auto" className="break-words">
            {warning.detail}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
