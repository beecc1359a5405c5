import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';

import { changePassword } from '../api';
import { IdentityProblem } from './IdentityProblem';
import { NewPasswordField } from './NewPasswordField';
import { PasswordField } from './PasswordField';

interface Props {
  username: string;
  onChanged: () => void;
}

export function PasswordSection({ username, onChanged }: Props) {
  const { t } = useTranslation('account');
  const [changed, setChanged] = useState(false);
  const { values, busy, error, field, form, reset } = useForm({
    initial: { current_password: '', new_password: '' },
    places: { 'password-wrong': 'current_password', 'weak-password': 'new_password' },
    send: async ({ current_password, new_password }) => {
      setChanged(false);
      await changePassword(current_password, new_password);
      reset();
      setChanged(true);
      onChanged();
    },
  });

  return (
    <Section title={t('password.title')} intro={t('password.intro')}>
      <IdentityProblem error={error} />
      {changed && !error && <Alert tone="positive" title={t('password.changed')} />}
      <form {...form} className="flex flex-col gap-4">
        {/* Password managers look for the name that the password belongs to. */}
        <input hidden readOnly name="username" autoComplete="username" value={username} />
        <PasswordField
          label={t('password.current')}
          autoComplete="current-password"
          {...field('current_password')}
        />
        <NewPasswordField
          label={t('newPassword')}
          username={username}
          {...field('new_password')}
          value={values.new_password}
        />
        <Button type="submit" busy={busy} className="self-start">
          {busy ? t('saving') : t('password.submit')}
        </Button>
      </form>
    </Section>
  );
}
