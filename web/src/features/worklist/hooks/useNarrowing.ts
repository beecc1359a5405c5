import { useTranslation } from 'react-i18next';

import type { Narrowing } from '@/shared/ui/NothingFits';

import type { Site } from '../api';
import { narrowedBy, type View } from '../view';

/** What narrows the worklist, in words. */
export function useNarrowing(view: View, sites: readonly Site[]): Narrowing[] {
  const { t } = useTranslation(['worklist', 'common']);
  const said: Record<ReturnType<typeof narrowedBy>[number], () => Narrowing> = {
    status: () => ({
      name: t('filter.status'),
      value: view.status && t(`status.${view.status}`),
    }),
    serviceLevel: () => ({
      name: t('filter.serviceLevel'),
      value: view.serviceLevel && t(`common:serviceLevel.${view.serviceLevel}`),
    }),
    modality: () => ({
      name: t('common:modality.label'),
      value: view.modality && t(`common:modality.${view.modality}`),
    }),
    siteId: () => ({
      name: t('filter.site'),
      value: sites.find(({ id }) => id === view.siteId)?.name ?? null,
    }),
  };
  return narrowedBy(view).map((name) => said[name]());
}
