import { useTranslation } from 'react-i18next';

import { isKnown } from '../webhooks';

/** What something is called that a webhook is told of; by its code where the gateway is newer than the app. */
export function useTypeName(): (type: string) => string {
  const { t } = useTranslation('webhooks');
  return (type) => (isKnown(type) ? t(`type.${type}`) : type);
}
