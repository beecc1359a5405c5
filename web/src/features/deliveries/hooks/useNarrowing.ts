import { useTranslation } from 'react-i18next';

import type { Narrowing } from '@/shared/ui/NothingFits';

import type { Destination } from '../api';
import { narrowedBy, type Filter } from '../filter';
import { shortId } from '../state';

/** What narrows the list, in words. */
export function useNarrowing(filter: Filter, destinations: readonly Destination[]): Narrowing[] {
  const { t } = useTranslation(['deliveries', 'pacs']);
  const said: Record<keyof Filter, () => string | null> = {
    state: () => filter.state && t(`state.${filter.state}`),
    destinationId: () => destinations.find(({ id }) => id === filter.destinationId)?.name ?? null,
    cause: () => filter.cause && t(`pacs:cause.${filter.cause}`),
    age: () => filter.age && t(`age.${filter.age}`),
    about: () => filter.about && shortId(filter.about),
  };
  return narrowedBy(filter).map((name) => ({ name: t(`filter.${name}`), value: said[name]() }));
}
