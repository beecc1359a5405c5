import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { Alert } from '@/shared/ui/Alert';
import { buttonLook } from '@/shared/ui/Button';

/** So many people have registered and cannot sign in yet. */
export function Waiting({ count }: { count: number }) {
  const { t } = useTranslation('people');
  const format = useFormat();
  return (
    <Alert
      tone="caution"
      title={t('approval.waiting', { count, formatted: format.count(count) })}
      action={
        <Link to="/admin/users?state=pending" className={buttonLook('secondary')}>
          {t('approval.show')}
        </Link>
      }
    >
      <p>{t('approval.detail')}</p>
    </Alert>
  );
}
