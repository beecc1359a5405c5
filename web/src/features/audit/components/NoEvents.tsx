import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { NothingFits } from '@/shared/ui/NothingFits';

import { ACTIONS, keyOf } from '../actions';
import { narrowedBy, OUTCOMES, type AuditFilter } from '../filter';

interface Props {
  filter: AuditFilter;
  onClear: () => void;
}

/** No event is left of the trail: says why, and leads out of it. */
export function NoEvents({ filter, onClear }: Props) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const value = (name: keyof AuditFilter): string => {
    const text = filter[name];
    const action = name === 'action' && ACTIONS.find((known) => known === text);
    if (action) return t(`action.${keyOf(action)}`);
    const outcome = name === 'outcome' && OUTCOMES.find((known) => known === text);
    if (outcome) return t(`outcome.${outcome}`);
    const isDay = name === 'from' || name === 'to';
    return isDay ? format.dicomDate(text.replaceAll('-', '')) : text;
  };
  return (
    <NothingFits
      title={t('nothing')}
      narrowing={narrowedBy(filter).map((name) => ({
        name: t(`filter.${name}`),
        value: value(name),
      }))}
      clear={t('filter.clear')}
      onClear={onClear}
    />
  );
}
