import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import type { Narrowing } from '@/shared/ui/NothingFits';

import { narrowedBy, type Filter } from '../filter';
import type { Question } from '../question';

/** What narrows a list, in words. */
export function useNarrowing({ filter, words }: Question): Narrowing[] {
  const { t } = useTranslation(['uploads', 'common']);
  const format = useFormat();
  const day = (text: string) => format.dicomDate(text.replaceAll('-', ''));
  const said: Record<ReturnType<typeof narrowedBy>[number], () => Narrowing> = {
    status: () => ({
      name: t('filter.status.label'),
      value: filter.status && t(`filter.status.${filter.status}`),
    }),
    serviceLevel: () => ({
      name: t('filter.serviceLevel'),
      value: filter.serviceLevel && t(`common:serviceLevel.${filter.serviceLevel}`),
    }),
    modality: () => ({
      name: t('common:modality.label'),
      value: filter.modality && t(`common:modality.${filter.modality}`),
    }),
    period: () => ({ name: t('filter.period.label'), value: period(filter) }),
    mine: () => ({ name: t('filter.mine'), value: null }),
  };
  const period = ({ period: chosen, from, to }: Filter) =>
    chosen === 'own'
      ? [from, to].map((date) => (date ? day(date) : '…')).join(' – ')
      : chosen && t(`filter.period.${chosen}`);

  return [
    ...(words ? [{ name: t('search.label'), value: words }] : []),
    ...narrowedBy(filter).map((name) => said[name]()),
  ];
}
