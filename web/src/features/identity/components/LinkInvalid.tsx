import { Unlink } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { CardPage } from './CardPage';

interface Props {
  /** The gateway's own sentence; empty where the address had no token to ask it about. */
  detail: string;
  /** What whoever has used the link already can do. */
  used: string;
}

/** Stands in place of a page whose one-time link leads nowhere any more. */
export function LinkInvalid({ detail, used }: Props) {
  const { t } = useTranslation('account');
  return (
    <CardPage arriving title={detail ? t('link.invalidTitle') : t('link.missingTitle')}>
      <Unlink aria-hidden className="size-10 text-muted" strokeWidth={1.5} />
      <p>{detail || t('link.missingDetail')}</p>
      <p className="text-muted">{used}</p>
      <Link to="/" className="font-medium text-brand underline">
        {t('toSignIn')}
      </Link>
    </CardPage>
  );
}
