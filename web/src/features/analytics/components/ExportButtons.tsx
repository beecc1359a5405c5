import { Download } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import type { ExportedTable } from '../api';
import { useExport } from '../hooks/useExport';
import type { Question } from '../question';

const TABLES = ['summary', 'trend', 'turnaround'] as const satisfies readonly ExportedTable[];

/** The tables for other programs. */
export function ExportButtons({ question }: { question: Question }) {
  const { t } = useTranslation('analytics');
  const { busy, error, download } = useExport(question);
  return (
    <Section title={t('export.title')} intro={t('export.intro')}>
      <div className="flex flex-wrap gap-3">
        {TABLES.map((table) => (
          <Button key={table} busy={busy === table} onClick={() => void download(table)}>
            <Download aria-hidden className="size-4 shrink-0" />
            {busy === table ? t('export.busy') : t(`export.${table}`)}
          </Button>
        ))}
      </div>
      {Boolean(error) && <ProblemAlert error={error} assertive />}
    </Section>
  );
}
