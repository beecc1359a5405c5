import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { classes } from '@/shared/ui/classes';

import type { UploadStatus } from '../api';
import { STATUSES } from '../filter';

export function StatusFilter({ selected }: { selected: UploadStatus | null }) {
  const { t } = useTranslation('uploads');
  return (
    <nav aria-label={t('list.filter.label')}>
      <ul className="flex flex-wrap gap-1.5">
        {[null, ...STATUSES].map((status) => (
          <li key={status ?? 'all'}>
            <Link
              to={status ? { search: `?status=${status}` } : { search: '' }}
              aria-current={status === selected ? 'true' : undefined}
              className={classes(
                'inline-flex min-h-9 items-center rounded-full border px-3.5 text-sm font-medium',
                status === selected
                  ? 'border-brand bg-brand text-on-brand'
                  : 'border-line bg-surface text-ink hover:border-line-strong',
              )}
            >
              {t(`list.filter.${status ?? 'all'}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
