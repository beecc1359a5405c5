import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { personName } from '@/shared/format/personName';
import { useFormat } from '@/shared/format/useFormat';

import type { EarlierUpload } from '../api';
import type { Patient } from '../scan/types';
import type { Finding } from '../study/findings';

/** A finding in words. */
export function FindingText({ finding }: { finding: Finding }) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const counted = (count: number) => ({ count, formatted: format.count(count) });
  switch (finding.code) {
    case 'nothingToSend':
    case 'missingHistory':
      return t(`finding.${finding.code}`);
    case 'fileTooLarge': {
      const { label, bytes } = finding.values;
      return t('finding.fileTooLarge', { label, size: format.bytes(bytes) });
    }
    case 'missingSlices': {
      const { count, series } = finding.values;
      return series
        ? t('finding.missingSlices', { ...counted(count), series })
        : t('finding.missingSlicesUnnamed', counted(count));
    }
    case 'lowStorage': {
      const { bytes, free } = finding.values;
      return t('finding.lowStorage', { free: format.bytes(free), size: format.bytes(bytes) });
    }
    case 'mixedPatients':
      return <MixedPatients patients={finding.values.patients} />;
    case 'alreadySent':
      return <AlreadySent upload={finding.values.upload} />;
  }
}

const NAMED = 5;

function MixedPatients({ patients }: { patients: Patient[] }) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const count = patients.length;
  const more = count - NAMED;
  return (
    <>
      <p>{t('finding.mixedPatients', { count, formatted: format.count(count) })}</p>
      <ul className="list-disc ps-4">
        {patients.slice(0, NAMED).map(({ name, id, files }, index) => (
          <li key={index}>
            <bdi>{personName(name) || t('study.unknownPatient')}</bdi>
            {id && (
              <>
                {' · '}
                <bdi>{t('study.id', { id })}</bdi>
              </>
            )}
            {' · '}
            {t('study.images', { count: files, formatted: format.count(files) })}
          </li>
        ))}
        {more > 0 && <li>{t('skipped.more', { count: more, formatted: format.count(more) })}</li>}
      </ul>
    </>
  );
}

function AlreadySent({ upload }: { upload: EarlierUpload }) {
  const { t } = useTranslation('pick');
  const format = useFormat();
  const arrived = upload.status === 'completed' || upload.status === 'processing';
  const date = format.dateTime(upload.created_at);
  return (
    <>
      {t(arrived ? 'finding.alreadySent' : 'finding.alreadyUnderWay', { date })}{' '}
      <Link to={`/uploads/${upload.upload_id}`} className="font-semibold underline">
        {t('finding.openEarlier')}
      </Link>
    </>
  );
}
