import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';

import type { Report } from '../api';
import { NextStudy } from './NextStudy';
import { ReadOnlyStudy } from './ReadOnlyStudy';

/** The question is out. What was written stays, and the answer brings the study back. */
export function AskedView({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  return (
    <ReadOnlyStudy report={report}>
      <Alert tone="positive" assertive title={t('ask.sentTitle')}>
        <p>{t('ask.sentDetail')}</p>
      </Alert>
      <NextStudy />
    </ReadOnlyStudy>
  );
}
