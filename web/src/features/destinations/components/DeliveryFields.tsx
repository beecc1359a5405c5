import { useTranslation } from 'react-i18next';

import { Field } from '@/shared/ui/Field';
import { Select } from '@/shared/ui/Select';
import { Switch } from '@/shared/ui/Switch';

import type { DestinationForm } from '../hooks/useDestinationForm';
import { EARLY } from '../values';

/** How studies go there. */
export function DeliveryFields({ form }: { form: DestinationForm }) {
  const { t } = useTranslation('destinations');
  return (
    <>
      <Switch
        label={t('form.enabled')}
        hint={t('form.enabledHint')}
        checked={form.marks.enabled}
        onChange={(enabled) => form.mark({ enabled })}
      />
      <Switch
        label={t('form.required')}
        hint={t('form.requiredHint')}
        checked={form.marks.required}
        onChange={(required) => form.mark({ required })}
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field
          label={t('form.concurrency')}
          hint={t('form.concurrencyHint')}
          type="number"
          inputMode="numeric"
          min={1}
          max={64}
          {...form.field('concurrency')}
        />
        <Select label={t('form.early')} hint={t('form.earlyHint')} {...form.field('early')}>
          {EARLY.map((each) => (
            <option key={each} value={each}>
              {t(`early.${each}`)}
            </option>
          ))}
        </Select>
      </div>
    </>
  );
}
