import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Site } from '../api';
import { useSiteForm } from '../hooks/useSiteForm';
import { LIMITS } from '../people';

interface Props {
  /** Null for a new one. */
  site: Site | null;
  onSaved: (site: Site) => void;
  onClose: () => void;
}

/** Where a site gets its name. */
export function SiteDialog({ site, onSaved, onClose }: Props) {
  const { t } = useTranslation('people');
  const id = useId();
  const { form, field, busy, error, conflict, saveOver } = useSiteForm(site, onSaved);
  return (
    <Dialog
      title={site ? t('sites.renameTitle', { name: site.name }) : t('sites.new')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form={id} look="primary" busy={busy}>
            {busy ? t('saving') : t('save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {Boolean(error) && <ProblemAlert assertive error={error} />}
        {conflict && (
          <Alert
            assertive
            tone="caution"
            title={t('sites.conflict', { name: conflict.name })}
            action={
              <Button busy={busy} onClick={() => saveOver(conflict)}>
                {t('conflict.over')}
              </Button>
            }
          >
            <p>{t('sites.conflictDetail')}</p>
          </Alert>
        )}
        <form {...form} id={id}>
          <Field
            label={t('sites.name')}
            dir="auto"
            autoComplete="off"
            maxLength={LIMITS.site}
            {...field('name')}
          />
        </form>
      </div>
    </Dialog>
  );
}
