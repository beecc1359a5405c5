import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Button, buttonLook } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Select } from '@/shared/ui/Select';

import { createWebhook, type Site } from '../api';
import { useWebhookForm } from '../hooks/useWebhookForm';
import { TypeChoice } from './TypeChoice';

interface Props {
  sites: Site[];
  onMade: (made: Awaited<ReturnType<typeof createWebhook>>) => void;
}

export function NewWebhookForm({ sites, onMade }: Props) {
  const { t } = useTranslation('webhooks');
  const { form, field, types, typesError, setTypes, busy, error } = useWebhookForm({
    site: sites[0]?.id ?? '',
    url: '',
    types: new Set(),
    send: async ({ site, url, types: chosen }) =>
      onMade(await createWebhook({ site_id: site, url, types: chosen, enabled: true })),
  });
  return (
    <>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      <form {...form} className="flex max-w-3xl flex-col gap-4">
        <Select label={t('column.site')} hint={t('form.siteHint')} {...field('site')}>
          {sites.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Field
          label={t('column.address')}
          hint={t('form.addressHint')}
          type="url"
          inputMode="url"
          dir="ltr"
          autoComplete="off"
          maxLength={1000}
          {...field('url')}
        />
        <TypeChoice chosen={types} error={typesError} onChange={setTypes} />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={busy}>
            {t('form.make')}
          </Button>
          <Link to="/admin/webhooks" className={buttonLook('quiet')}>
            {t('form.cancel')}
          </Link>
        </div>
      </form>
    </>
  );
}
