import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { buttonLook } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { isForbidden } from '../api';
import { NoTemplates } from '../components/NoTemplates';
import { TemplateList } from '../components/TemplateList';
import { useModalityName } from '../hooks/useModalityName';
import { useTemplates } from '../hooks/useTemplates';
import { MODALITIES, modalityOf, usableFor } from '../words';

const ALL = '';

/** What reports begin with: one's own templates, and those that colleagues share. */
export default function TemplatesPage() {
  const { t } = useTranslation('templates');
  const user = useCurrentUser();
  const nameOf = useModalityName();
  const list = useTemplates();
  const [address, setAddress] = useSearchParams();
  const modality = modalityOf(address.get('modality'));
  const { templates, error } = list;
  if (isForbidden(error)) return <NoTemplates />;

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('title')} />
        {user?.role === 'radiologist' && (
          <Link to="/templates/new" className={buttonLook('primary')}>
            <Plus aria-hidden className="size-4" />
            {t('new')}
          </Link>
        )}
      </div>
      <p className="max-w-prose text-sm text-muted">{t('intro')}</p>
      <div className="sm:max-w-xs">
        <Choice
          label={t('form.modality')}
          value={modality ?? ALL}
          options={[
            { value: ALL, name: t('all') },
            ...MODALITIES.map((value) => ({ value, name: nameOf(value) })),
          ]}
          onChange={(value) => setAddress(value ? { modality: value } : {})}
        />
      </div>
      {Boolean(error) && <ProblemAlert error={error} onRetry={list.reload} />}
      {!templates && !error && <RowsSkeleton rows={4} />}
      {templates && (
        <TemplateList
          list={list}
          shown={usableFor(templates, modality)}
          isNarrowed={modality !== null}
        />
      )}
    </div>
  );
}
