import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Alert } from '@/shared/ui/Alert';

const words = {
  duplicate: { title: 'detail.duplicateOf', link: 'detail.openEarlier' },
  split: { title: 'detail.splitFrom', link: 'detail.openWhole' },
} as const;

interface Props {
  uploadId: string;
  why: keyof typeof words;
}

/** Lead from a duplicate to the upload that brought the study first, or from a part to the upload it came with. */
export function EarlierUpload({ uploadId, why }: Props) {
  const { t } = useTranslation('uploads');
  return (
    <Alert tone="neutral" title={t(words[why].title)}>
      <Link to={`/uploads/${uploadId}`} className="self-start font-semibold underline">
        {t(words[why].link)}
      </Link>
    </Alert>
  );
}
