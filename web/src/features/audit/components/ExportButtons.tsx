import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { queryOf, type AuditFilter } from '../filter';
import { FORMS, useExport } from '../hooks/useExport';

/** Saves all events that the filter lets through as a file, also those that are not loaded. */
export function ExportButtons({ filter }: { filter: AuditFilter }) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const { busy, bytes, error, start, cancel } = useExport(queryOf(filter));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        {FORMS.map((form) => (
          <Button key={form} busy={busy !== null} onClick={() => void start(form)}>
            <Download aria-hidden className="size-4" />
            {t(`export.${form}`)}
          </Button>
        ))}
        {busy && (
          <Button look="quiet" onClick={cancel}>
            {t('export.cancel')}
          </Button>
        )}
        <p role="status" className="text-sm text-muted">
          {busy ? t('export.busy', { size: format.bytes(bytes) }) : t('export.hint')}
        </p>
      </div>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}
