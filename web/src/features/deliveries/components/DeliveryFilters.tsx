import { FilterX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { CAUSES } from '@/shared/pacs/causes';
import { Button } from '@/shared/ui/Button';
import { Choice, type Option } from '@/shared/ui/Choice';
import { Disclosure } from '@/shared/ui/Disclosure';

import type { Destination } from '../api';
import { AGES, narrowedBy, STATES, type Filter } from '../filter';

import { IdSearch } from './IdSearch';

interface Props {
  filter: Filter;
  destinations: readonly Destination[];
  onChange: (changes: Partial<Filter>) => void;
  onClear: () => void;
}

/** How the list is narrowed: rows where there is room, folded away on a phone. */
export function DeliveryFilters({ filter, destinations, onChange, onClear }: Props) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const count = narrowedBy(filter).length;
  const label =
    count === 0
      ? t('filter.title')
      : t('filter.titleWithCount', { formatted: format.count(count) });
  return (
    <section
      aria-label={t('filter.title')}
      className="flex flex-col gap-3 rounded-card border border-line bg-surface p-4 max-sm:py-1"
    >
      <Disclosure label={label} open={open} onToggle={() => setOpen(!open)} onlyOnPhones>
        <IdSearch key={filter.about} about={filter.about} onFind={(about) => onChange({ about })} />
        <Fields filter={filter} destinations={destinations} onChange={onChange} />
      </Disclosure>
      {count > 0 && (
        <Button look="quiet" onClick={onClear} className="-mx-4 -mb-2 self-start">
          <FilterX aria-hidden className="size-4" />
          {t('filter.clear')}
        </Button>
      )}
    </section>
  );
}

const ALL = '';

function Fields({ filter, destinations, onChange }: Omit<Props, 'onClear'>) {
  const { t } = useTranslation(['deliveries', 'pacs']);
  const withAll = <Value extends string>(options: Option<Value>[]) => [
    { value: ALL, name: t('filter.all') } as const,
    ...options,
  ];
  return (
    <div className="grid items-end gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Choice
        label={t('filter.state')}
        value={filter.state ?? ALL}
        options={withAll(STATES.map((value) => ({ value, name: t(`state.${value}`) })))}
        onChange={(value) => onChange({ state: value || null })}
      />
      <Choice
        label={t('filter.destinationId')}
        value={filter.destinationId ?? ALL}
        options={withAll(destinations.map(({ id, name }) => ({ value: id, name })))}
        onChange={(value) => onChange({ destinationId: value || null })}
      />
      <Choice
        label={t('filter.cause')}
        value={filter.cause ?? ALL}
        options={withAll(CAUSES.map((value) => ({ value, name: t(`pacs:cause.${value}`) })))}
        onChange={(value) => onChange({ cause: value || null })}
      />
      <Choice
        label={t('filter.age')}
        value={filter.age ?? ALL}
        options={withAll(AGES.map((value) => ({ value, name: t(`age.${value}`) })))}
        onChange={(value) => onChange({ age: value || null })}
      />
    </div>
  );
}
