import { useTranslation } from 'react-i18next';

import { Field } from '@/shared/ui/Field';
import { Select } from '@/shared/ui/Select';
import { Switch } from '@/shared/ui/Switch';

import type { Kind } from '../api';
import type { DestinationForm } from '../hooks/useDestinationForm';
import { KINDS } from '../values';

interface Props {
  form: DestinationForm;
  hasPassword: boolean;
}

/** Where it is, and who the gateway is there. */
export function ConnectionFields({ form, hasPassword }: Props) {
  const { t } = useTranslation('destinations');
  const kind = form.values.kind as Kind;
  const technical = { dir: 'ltr', spellCheck: false, autoCapitalize: 'none' } as const;
  return (
    <>
      <Field label={t('form.name')} dir="auto" maxLength={100} {...form.field('name')} />
      <Select label={t('form.kind')} {...form.field('kind')}>
        {KINDS.map((each) => (
          <option key={each} value={each}>
            {t(`kind.${each}`)}
          </option>
        ))}
      </Select>
      <Field
        label={t('form.address')}
        hint={t(`form.addressHint.${kind}`)}
        maxLength={500}
        {...technical}
        {...form.field('address')}
      />
      {kind !== 'folder' && (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field
            label={t('form.username')}
            autoComplete="off"
            maxLength={200}
            {...technical}
            {...form.field('username')}
          />
          <Field
            label={t('form.password')}
            hint={t(hasPassword ? 'form.passwordKept' : 'form.passwordNone')}
            type="password"
            autoComplete="new-password"
            maxLength={500}
            {...form.field('password')}
          />
        </div>
      )}
      {hasPassword && form.values.password === '' && (
        <Switch
          label={t('form.withoutPassword')}
          checked={form.marks.withoutPassword}
          onChange={(withoutPassword) => form.mark({ withoutPassword })}
        />
      )}
      {kind === 'dimse' && (
        <Field
          label={t('form.callingAeTitle')}
          hint={t('form.callingAeTitleHint')}
          maxLength={16}
          {...technical}
          {...form.field('calling_ae_title')}
        />
      )}
    </>
  );
}
