import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { MODALITY_GROUPS } from '@/shared/modality';
import { SERVICE_LEVELS } from '@/shared/preferences';
import { Choice, type Option } from '@/shared/ui/Choice';
import { Field } from '@/shared/ui/Field';
import { Switch } from '@/shared/ui/Switch';

import { PERIODS, STATUSES, type Filter } from '../filter';

interface Props {
  filter: Filter;
  onChange: (changes: Partial<Filter>) => void;
}

const ALL = '';

/** The ways to narrow the list. */
export function FilterFields({ filter, onChange }: Props) {
  const { t } = useTranslation(['uploads', 'common']);
  const user = useCurrentUser();
  const seesOthers = user?.role === 'radiographer' || user?.role === 'admin';
  const withAll = <Value extends string>(options: Option<Value>[]) => [
    { value: ALL, name: t('filter.all') } as const,
    ...options,
  ];

  return (
    <div className="grid items-end gap-3 sm:grid-cols-2 lg:grid-flow-row-dense lg:grid-cols-4">
      <Choice
        label={t('filter.status.label')}
        value={filter.status ?? ALL}
        options={withAll(STATUSES.map((value) => ({ value, name: t(`filter.status.${value}`) })))}
        onChange={(value) => onChange({ status: value || null })}
      />
      <Choice
        label={t('filter.serviceLevel')}
        value={filter.serviceLevel ?? ALL}
        options={withAll(
          SERVICE_LEVELS.map((value) => ({ value, name: t(`common:serviceLevel.${value}`) })),
        )}
        onChange={(value) => onChange({ serviceLevel: value || null })}
      />
      <Choice
        label={t('common:modality.label')}
        value={filter.modality ?? ALL}
        options={withAll(
          MODALITY_GROUPS.map((value) => ({ value, name: t(`common:modality.${value}`) })),
        )}
        onChange={(value) => onChange({ modality: value || null })}
      />
      <Choice
        label={t('filter.period.label')}
        value={filter.period ?? ALL}
        options={withAll(PERIODS.map((value) => ({ value, name: t(`filter.period.${value}`) })))}
        onChange={(value) => onChange({ period: value || null })}
      />
      {filter.period === 'own' && <OwnPeriod filter={filter} onChange={onChange} />}
      {seesOthers && (
        <Switch
          label={t('filter.mine')}
          checked={filter.mine}
          onChange={(mine) => onChange({ mine })}
        />
      )}
    </div>
  );
}

function OwnPeriod({ filter: { from, to }, onChange }: Props) {
  const { t } = useTranslation('uploads');
  return (
    <div className="grid gap-3 sm:col-span-2 sm:grid-cols-2 lg:col-start-3">
      <Field
        type="date"
        label={t('filter.period.from')}
        value={from}
        max={to}
        onChange={({ target }) => onChange({ from: target.value })}
      />
      <Field
        type="date"
        label={t('filter.period.to')}
        value={to}
        min={from}
        onChange={({ target }) => onChange({ to: target.value })}
      />
    </div>
  );
}
