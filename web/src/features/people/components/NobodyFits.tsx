import { useTranslation } from 'react-i18next';

import { NothingFits, type Narrowing } from '@/shared/ui/NothingFits';

import type { User } from '../api';
import { narrowedBy, type UserFilter } from '../filter';

interface Props {
  filter: UserFilter;
  siteName: (id: User['site_id']) => string;
  onClear: () => void;
}

/** Nobody is left of the list: says why, and leads out of it. */
export function NobodyFits({ filter, siteName, onClear }: Props) {
  const { t } = useTranslation(['people', 'identity']);
  const said: Record<keyof UserFilter, () => Narrowing> = {
    text: () => ({ name: t('search.label'), value: filter.text }),
    role: () => ({
      name: t('field.role'),
      value: filter.role && t(`identity:role.${filter.role}`),
    }),
    state: () => ({ name: t('field.state'), value: filter.state && t(`state.${filter.state}`) }),
    siteId: () => ({ name: t('field.site'), value: filter.siteId && siteName(filter.siteId) }),
  };
  return (
    <NothingFits
      title={t('list.nobody')}
      narrowing={narrowedBy(filter).map((name) => said[name]())}
      clear={t('filter.clear')}
      onClear={onClear}
    />
  );
}
