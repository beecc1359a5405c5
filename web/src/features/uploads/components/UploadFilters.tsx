import { FilterX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { Disclosure } from '@/shared/ui/Disclosure';

import { narrowedBy, type Filter } from '../filter';
import { FilterFields } from './FilterFields';
import { SearchBox } from './SearchBox';

interface Props {
  filter: Filter;
  onChange: (changes: Partial<Filter>) => void;
  onSearch: (words: string) => void;
  /** Present where there is something to clear. */
  onClear: (() => void) | undefined;
}

/** What is looked for, and how the list is narrowed: a row where there is room, folded away on a phone. */
export function UploadFilters({ filter, onChange, onSearch, onClear }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const count = narrowedBy(filter).length;
  const label =
    count === 0
      ? t('filter.title')
      : t('filter.titleWithCount', { formatted: format.count(count) });

  return (
    <section
      aria-label={t('filter.region')}
      className="grid gap-3 rounded-card border border-line bg-surface p-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,5fr)] lg:grid-rows-[auto_1fr]"
    >
      <SearchBox onSearch={onSearch} />
      <div className="lg:row-span-2">
        <Disclosure label={label} open={open} onToggle={() => setOpen(!open)} onlyOnPhones>
          <FilterFields filter={filter} onChange={onChange} />
        </Disclosure>
      </div>
      {onClear && (
        <Button look="quiet" onClick={onClear} className="-mx-4 justify-self-start">
          <FilterX aria-hidden className="size-4" />
          {t('filter.clear')}
        </Button>
      )}
    </section>
  );
}
