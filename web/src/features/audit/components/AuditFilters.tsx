import { FilterX, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { Disclosure } from '@/shared/ui/Disclosure';
import { Field } from '@/shared/ui/Field';
import { Select } from '@/shared/ui/Select';

import { actionsOf, GROUPS, keyOf } from '../actions';
import { EVERYTHING, LIMITS, narrowedBy, OUTCOMES, type AuditFilter } from '../filter';
import { useFilterForm, type FilterForm } from '../hooks/useFilterForm';

interface Props {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}

type Fields = FilterForm['field'];

/** How the trail is narrowed. It is done by a press and not while one types: each look is itself written down. */
export function AuditFilters({ filter, onChange }: Props) {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const { field, onSubmit } = useFilterForm(filter, onChange);
  const count = narrowedBy(filter).length;
  const label =
    count === 0
      ? t('filter.title')
      : t('filter.titleWithCount', { formatted: format.count(count) });
  return (
    <section
      aria-label={t('filter.title')}
      className="rounded-card border border-line bg-surface p-4 max-sm:py-1"
    >
      <Disclosure label={label} open={open} onToggle={() => setOpen(!open)} onlyOnPhones>
        <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
          <div className="grid items-start gap-3 sm:grid-cols-2 xl:grid-cols-4">
            <Choices field={field} />
            <Texts field={field} />
          </div>
          <div className="flex flex-wrap gap-3">
            <Button type="submit" look="primary">
              <Search aria-hidden className="size-4" />
              {t('filter.show')}
            </Button>
            {count > 0 && (
              <Button look="quiet" onClick={() => onChange(EVERYTHING)}>
                <FilterX aria-hidden className="size-4" />
                {t('filter.clear')}
              </Button>
            )}
          </div>
        </form>
      </Disclosure>
    </section>
  );
}

function Choices({ field }: { field: Fields }) {
  const { t } = useTranslation('audit');
  const all: ReactNode = <option value="">{t('filter.all')}</option>;
  return (
    <>
      <Select label={t('filter.action')} {...field('action')}>
        {all}
        {GROUPS.map((group) => (
          <optgroup key={group} label={t(`group.${group}`)}>
            {actionsOf(group).map((action) => (
              <option key={action} value={action}>
                {t(`action.${keyOf(action)}`)}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
      <Select label={t('filter.outcome')} {...field('outcome')}>
        {all}
        {OUTCOMES.map((outcome) => (
          <option key={outcome} value={outcome}>
            {t(`outcome.${outcome}`)}
          </option>
        ))}
      </Select>
    </>
  );
}

function Texts({ field }: { field: Fields }) {
  const { t } = useTranslation('audit');
  const exact = { dir: 'ltr', autoComplete: 'off', autoCapitalize: 'none', spellCheck: false };
  return (
    <>
      <Field type="date" label={t('filter.from')} {...field('from')} />
      <Field type="date" label={t('filter.to')} {...field('to')} />
      <Field label={t('filter.actor')} {...exact} maxLength={LIMITS.actor} {...field('actor')} />
      <Field
        label={t('filter.address')}
        {...exact}
        maxLength={LIMITS.address}
        {...field('address')}
      />
      <Field label={t('filter.object')} {...exact} maxLength={LIMITS.object} {...field('object')} />
      <Field
        label={t('filter.upTo')}
        {...exact}
        inputMode="numeric"
        maxLength={LIMITS.upTo}
        {...field('upTo')}
      />
    </>
  );
}
