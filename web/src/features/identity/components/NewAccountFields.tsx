import { useTranslation } from 'react-i18next';

import type { Form } from '@/shared/hooks/useForm';
import { Field } from '@/shared/ui/Field';

import { NewPasswordField } from './NewPasswordField';

export type NewAccountField = 'username' | 'full_name' | 'email' | 'password';

/** Who somebody is and how they will sign in: for registering and for accepting an invitation. */
export function NewAccountFields({ account }: { account: Form<NewAccountField> }) {
  const { t } = useTranslation(['account', 'identity']);
  const { values, field } = account;
  return (
    <>
      <Field
        label={t('identity:username')}
        hint={t('usernameHint')}
        dir="ltr"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...field('username')}
      />
      <Field label={t('fullName')} autoComplete="name" {...field('full_name')} />
      <Field label={t('email')} type="email" dir="ltr" autoComplete="email" {...field('email')} />
      <NewPasswordField
        label={t('identity:password')}
        username={values.username}
        {...field('password')}
      />
    </>
  );
}
