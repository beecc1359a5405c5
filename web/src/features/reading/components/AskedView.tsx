import { useTranslation } from 'react-i18next';

import type { Report } from '../api';
import { Done } from './Done';
import { NextStudy } from './NextStudy';
import { ReadOnlyStudy } from './ReadOnlyStudy';

/** The question is out. What was written stays, and the answer brings the study back. */
export function AskedView({ report }: { report: Report }) {
  const { t } = useTranslation('reading');
  return (
    <ReadOnlyStudy report={report}>
      <Done title={t('ask.sentTitle')} detail={t('ask.sentDetail')}>
        <NextStudy />
      </Done>
    </ReadOnlyStudy>
  );
}
