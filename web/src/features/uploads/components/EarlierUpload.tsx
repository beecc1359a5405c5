import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Alert } from '@/shared/ui/Alert';

/** Lead from a duplicate to the upload that brought the study first. */
export function EarlierUpload({ uploadId }: { uploadId: string }) {
  const { t } = useTranslation('uploads');
  return (
    <Alert tone="neutral" title={t('detail.duplicateOf')}>
      <Link to={`/uploads/${uploadId}`} className="self-start font-semibold underline">
        {t('detail.openEarlier')}
      </Link>
    </Alert>
  );
}
