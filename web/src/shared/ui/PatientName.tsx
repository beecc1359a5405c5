import { useTranslation } from 'react-i18next';

import { personName } from '@/shared/format/personName';

const UNKNOWN = 'UNKNOWN';

/** A patient's name as people read it, kept from rearranging the text around it whatever its script. */
export function PatientName({ name }: { name: string }) {
  const { t } = useTranslation();
  const readable = personName(name);
  return <bdi>{readable && readable !== UNKNOWN ? readable : t('patient.unknown')}</bdi>;
}
