import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';

interface Props {
  busy: boolean;
  onSubmit: (username: string, password: string) => void;
}

export function PasswordForm({ busy, onSubmit }: Props) {
  const { t } = useTranslation(['identity', 'common']);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const missing = (value: string) => (checked && !value ? t('common:required') : undefined);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setChecked(true);
    if (username && password && !busy) onSubmit(username.trim(), password);
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label={t('username')}
        name="username"
        dir="ltr"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={username}
        error={missing(username)}
        onChange={(event) => setUsername(event.target.value)}
      />
      <Field
        label={t('password')}
        name="password"
        type="password"
        dir="ltr"
        autoComplete="current-password"
        required
        value={password}
        error={missing(password)}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" look="primary" busy={busy} className="mt-2">
        {busy ? t('signingIn') : t('signIn')}
      </Button>
    </form>
  );
}
