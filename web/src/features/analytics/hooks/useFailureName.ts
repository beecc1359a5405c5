import { useTranslation } from 'react-i18next';

import { CAUSES } from '@/shared/pacs/causes';

import type { Failure } from '../api';
import { INSTANCE_FAILURES, UPLOAD_FAILURES } from '../failures';

/** Return what a failure is called; a code that this app does not know yet is its own name. */
export function useFailureName(): (failure: Failure) => string {
  const { t } = useTranslation(['analytics', 'pacs']);
  const ofUpload = (reason: string) => {
    const known = UPLOAD_FAILURES.find((code) => code === reason);
    return known && t(`failure.upload.${known}`);
  };
  const ofInstance = (reason: string) => {
    const known = INSTANCE_FAILURES.find((code) => code === reason);
    return known && t(`failure.instance.${known}`);
  };
  const ofDelivery = (reason: string) => {
    const known = CAUSES.find((cause) => cause === reason);
    return known && t(`cause.${known}`, { ns: 'pacs' });
  };
  const names = { upload: ofUpload, instance: ofInstance, delivery: ofDelivery };
  return ({ kind, reason }) => names[kind](reason) ?? reason;
}
