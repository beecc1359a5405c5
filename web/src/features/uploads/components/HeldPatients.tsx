import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { PatientName } from '@/shared/ui/PatientName';

import type { Held } from '../api';
import { LeaveOut } from './LeaveOut';

interface Props {
  patients: Held['patients'];
  chosen: ReadonlySet<string>;
  onToggle: (key: string) => void;
}

/** The patients of whom the upload has images, in the files' own words. */
export function HeldPatients({ patients, chosen, onToggle }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm">{t('decision.patients')}</legend>
      {patients.map((patient) => (
        <LeaveOut key={patient.key} name={patient.key} chosen={chosen} onToggle={onToggle}>
          <span className="font-medium break-words">
            <PatientName name={patient.patient_name} />
          </span>
          <span className="text-sm text-muted">
            {[
              patient.patient_id && t('decision.patientId', { id: patient.patient_id }),
              patient.patient_birth_date &&
                t('decision.born', { date: format.dicomDate(patient.patient_birth_date) }),
              t('list.images', {
                count: patient.instances,
                formatted: format.count(patient.instances),
              }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </LeaveOut>
      ))}
    </fieldset>
  );
}
