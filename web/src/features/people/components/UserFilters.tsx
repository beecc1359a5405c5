import { FilterX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { Disclosure } from '@/shared/ui/Disclosure';
import { SearchField } from '@/shared/ui/SearchField';

import type { SiteName } from '../api';
import { narrowedBy, type UserFilter } from '../filter';
import { ACCOUNT_STATES, LIMITS, ROLES } from '../people';

const ALL = '';

interface Props {
  filter: UserFilter;
  sites: readonly SiteName[];
  onChange: (changes: Partial<UserFilter>) => void;
  onClear: () => void;
}

/** Who is looked for, and how the list is narrowed: a row where there is room, folded away on a phone. */
export function UserFilters({ filter, sites, onChange, onClear }: Props) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const chosen = narrowedBy(filter).filter((name) => name !== 'text').length;
  const label =
    chosen === 0
      ? t('filter.title')
      : t('filter.titleWithCount', { formatted: format.count(chosen) });
  return (
    <section
      aria-label={t('filter.region')}
      className="grid gap-3 rounded-card border border-line bg-surface p-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]"
    >
      <SearchField
        label={t('search.label')}
        placeholder={t('search.placeholder')}
        clear={t('search.clear')}
        maxLength={LIMITS.search}
        value={filter.text}
        onSearch={(text) => onChange({ text })}
      />
      <Disclosure label={label} open={open} onToggle={() => setOpen(!open)} onlyOnPhones>
        <Choices filter={filter} sites={sites} onChange={onChange} />
      </Disclosure>
      {narrowedBy(filter).length > 0 && (
        <Button look="quiet" onClick={onClear} className="-mx-4 -mb-2 justify-self-start">
          <FilterX aria-hidden className="size-4" />
          {t('filter.clear')}
        </Button>
      )}
    </section>
  );
}

function Choices({ filter, sites, onChange }: Omit<Props, 'onClear'>) {
  const { t } = useTranslation(['people', 'identity']);
  const all = { value: ALL, name: t('filter.all') } as const;
  return (
    <div className="grid items-end gap-3 sm:grid-cols-3">
      <Choice
        label={t('field.role')}
        value={filter.role ?? ALL}
        options={[all, ...ROLES.map((value) => ({ value, name: t(`identity:role.${value}`) }))]}
        onChange={(value) => onChange({ role: value || null })}
      />
      <Choice
        label={t('field.state')}
        value={filter.state ?? ALL}
        options={[all, ...ACCOUNT_STATES.map((value) => ({ value, name: t(`state.${value}`) }))]}
        onChange={(value) => onChange({ state: value || null })}
      />
      <Choice<string>
        label={t('field.site')}
        value={filter.siteId ?? ALL}
        options={[all, ...sites.map(({ id, name }) => ({ value: id, name }))]}
        onChange={(value) => onChange({ siteId: value || null })}
      />
    </div>
  );
}
