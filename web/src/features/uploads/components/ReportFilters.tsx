import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { Choice } from '@/shared/ui/Choice';
import { Switch } from '@/shared/ui/Switch';

import { REPORT_STATUSES, type ReportFilter } from '../reports';

const ALL = '';

interface Props {
  filter: ReportFilter;
  onChange: (filter: ReportFilter) => void;
}

/** How the list of reports is narrowed. */
export function ReportFilters({ filter, onChange }: Props) {
  const { t } = useTranslation('uploads');
  const seesOthers = useCurrentUser()?.role === 'radiographer';
  return (
    <section
      aria-label={t('filter.title')}
      className="grid items-end gap-3 rounded-card border border-line bg-surface p-4 sm:grid-cols-2 lg:grid-cols-4"
    >
      <Choice
        label={t('filter.status.label')}
        value={filter.status ?? ALL}
        options={[
          { value: ALL, name: t('filter.all') },
          ...REPORT_STATUSES.map((value) => ({ value, name: t(`report.state.${value}`) })),
        ]}
        onChange={(status) => onChange({ ...filter, status: status || null })}
      />
      {seesOthers && (
        <Switch
          label={t('filter.mine')}
          checked={filter.mine}
          onChange={(mine) => onChange({ ...filter, mine })}
        />
      )}
    </section>
  );
}
