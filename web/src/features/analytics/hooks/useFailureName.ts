import { useTranslation } from 'react-i18next';

import type { Failure } from '../api';
import { INSTANCE_FAILURES, UPLOAD_FAILURES } from '../failures';

/** Return what a failure is called; a code that this app does not know yet is its own name. */
export function useFailureName(): (failure: Failure) => string {
  const { t } = useTranslation('analytics');
  return ({ kind, reason }) => {
    const upload = kind === 'upload' && UPLOAD_FAILURES.find((code) => code === reason);
    if (upload) return t(`failure.upload.${upload}`);
    const instance = kind === 'instance' && INSTANCE_FAILURES.find((code) => code === reason);
    if (instance) return t(`failure.instance.${instance}`);
    return reason;
  };
}
