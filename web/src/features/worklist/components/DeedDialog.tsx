import { useTranslation } from 'react-i18next';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { PatientName } from '@/shared/ui/PatientName';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { release, takeOver, type Study } from '../api';

import type { Deed } from './RowActions';

const DEEDS = { takeOver, release };

interface Props {
  deed: Deed;
  study: Study;
  onDone: () => void;
  onClose: () => void;
}

/** Asks before a study is taken from somebody, or given back to everybody. */
export function DeedDialog({ deed, study, onDone, onClose }: Props) {
  const { t } = useTranslation('worklist');
  const { busy, error, run } = useAttempt();
  const act = async () => {
    if (!(await run(() => DEEDS[deed](study.id)))) return;
    onClose();
    onDone();
  };
  return (
    <ConfirmDialog
      title={t(`deed.${deed}.title`)}
      action={t(`deed.${deed}.action`)}
      busy={busy}
      onConfirm={() => void act()}
      onCancel={onClose}
    >
      <div className="flex flex-col gap-3">
        <p className="font-semibold">
          <PatientName name={study.patient_name} /> · <bdi>{study.modality}</bdi>
        </p>
        <p>{t(`deed.${deed}.detail`, { name: study.lock?.name ?? '' })}</p>
        {Boolean(error) && <ProblemAlert assertive error={error} />}
      </div>
    </ConfirmDialog>
  );
}
