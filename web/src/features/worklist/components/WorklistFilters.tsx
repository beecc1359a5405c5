import { FilterX } from 'lucide-react';
import { useState, type ReactNode, type Ref } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { MODALITY_GROUPS } from '@/shared/modality';
import { SERVICE_LEVELS } from '@/shared/preferences';
import { Button } from '@/shared/ui/Button';
import { Choice, type Option } from '@/shared/ui/Choice';
import { Disclosure } from '@/shared/ui/Disclosure';

import type { Site } from '../api';
import { narrowedBy, STATUSES, type View } from '../view';

interface Props {
  ref: Ref<HTMLElement>;
  view: View;
  sites: readonly Site[];
  onChange: (changes: Partial<View>) => void;
  onClear: () => void;
  /** What stands beside the fields. */
  children: ReactNode;
}

/** How the worklist is narrowed: a row where there is room, folded away on a phone. */
export function WorklistFilters({ ref, view, sites, onChange, onClear, children }: Props) {
  const { t } = useTranslation('worklist');
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const count = narrowedBy(view).length;
  const label =
    count === 0
      ? t('filter.title')
      : t('filter.titleWithCount', { formatted: format.count(count) });
  return (
    <section
      ref={ref}
      aria-label={t('filter.title')}
      className="flex flex-col gap-3 rounded-card border border-line bg-surface p-4 max-sm:py-1"
    >
      <Disclosure label={label} open={open} onToggle={() => setOpen(!open)} onlyOnPhones>
        <div className="grid items-end gap-3 sm:grid-cols-2 lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none">
          {children}
          <Fields view={view} sites={sites} onChange={onChange} />
        </div>
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

function Fields({ view, sites, onChange }: Pick<Props, 'view' | 'sites' | 'onChange'>) {
  const { t } = useTranslation(['worklist', 'common']);
  const statuses = STATUSES[view.share];
  const withAll = <Value extends string>(options: Option<Value>[], all = t('filter.all')) => [
    { value: ALL, name: all } as const,
    ...options,
  ];
  return (
    <>
      <Choice
        label={t('filter.serviceLevel')}
        value={view.serviceLevel ?? ALL}
        options={withAll(
          SERVICE_LEVELS.map((value) => ({ value, name: t(`common:serviceLevel.${value}`) })),
        )}
        onChange={(value) => onChange({ serviceLevel: value || null })}
      />
      <Choice
        label={t('common:modality.label')}
        value={view.modality ?? ALL}
        options={withAll(
          MODALITY_GROUPS.map((value) => ({ value, name: t(`common:modality.${value}`) })),
        )}
        onChange={(value) => onChange({ modality: value || null })}
      />
      {sites.length > 1 && (
        <Choice
          label={t('filter.site')}
          value={view.siteId ?? ALL}
          options={withAll(sites.map(({ id, name }) => ({ value: id, name })))}
          onChange={(value) => onChange({ siteId: value || null })}
        />
      )}
      {statuses.length > 0 && (
        <Choice
          label={t('filter.status')}
          value={view.status ?? ALL}
          options={withAll(
            statuses.map((value) => ({ value, name: t(`status.${value}`) })),
            t('filter.open'),
          )}
          onChange={(value) => onChange({ status: value || null })}
        />
      )}
    </>
  );
}
