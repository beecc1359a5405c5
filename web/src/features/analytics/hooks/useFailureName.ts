import { useTranslation } from 'react-i18next';

import type { Failure } from '../api';
import { DELIVERY_FAILURES, INSTANCE_FAILURES, statusIn, UPLOAD_FAILURES } from '../failures';

/** Return what a failure is called; a code that this app does not know yet is its own name. */
export function useFailureName(): (failure: Failure) => string {
  const { t } = useTranslation('analytics');
  const ofUpload = (reason: string) => {
    const known = UPLOAD_FAILURES.find((code) => code === reason);
    return known && t(`failure.upload.${known}`);
  };
  const ofInstance = (reason: string) => {
    const known = INSTANCE_FAILURES.find((code) => code === reason);
    return known && t(`failure.instance.${known}`);
  };
  const ofDelivery = (reason: string) => {
    const known = DELIVERY_FAILURES.find((code) => code === reason);
    if (known) return t(`failure.delivery.${known}`);
    const found = statusIn(reason);
    return found ? t(`failure.${found.protocol}`, { status: found.status }) : undefined;
  };
  const names = { upload: ofUpload, instance: ofInstance, delivery: ofDelivery };
  return ({ kind, reason }) => names[kind](reason) ?? reason;
}
