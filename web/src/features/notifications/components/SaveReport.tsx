import { FileDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { saveFile } from '@/shared/saveFile';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { fetchReportPage } from '../api';
import { useAttempt } from '../hooks/useAttempt';

interface Props {
  reportId: string;
  onSaved: () => void;
}

/** Fetches a report's PDF with the person's own right to see it. */
export function SaveReport({ reportId, onSaved }: Props) {
  const { t } = useTranslation('notifications');
  const { busy, error, run } = useAttempt();

  const save = async () => {
    const saved = await run(async () => {
      saveFile(await fetchReportPage(reportId), `report-${reportId}.pdf`);
    });
    if (saved) onSaved();
  };

  return (
    <div className="flex flex-col gap-2">
      <Button busy={busy} onClick={() => void save()} className="relative self-start">
        <FileDown aria-hidden className="size-4 shrink-0" />
        {busy ? t('savingReport') : t('saveReport')}
      </Button>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}
