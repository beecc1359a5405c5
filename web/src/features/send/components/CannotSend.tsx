import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';

/** In the place of everything that picks and sends, where the browser lacks what that rests on. */
export function CannotSend() {
  const { t } = useTranslation('queue');
  return (
    <Alert tone="critical" title={t('cannotSend.title')} assertive>
      <p>{window.isSecureContext ? t('cannotSend.oldBrowser') : t('cannotSend.insecure')}</p>
    </Alert>
  );
}
