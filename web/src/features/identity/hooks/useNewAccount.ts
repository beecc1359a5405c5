import { useTranslation } from 'react-i18next';

import { isUsername, looksLikeEmail } from '@/shared/accounts';
import { useForm, type Form } from '@/shared/hooks/useForm';

import type { NewAccountField } from '../components/NewAccountFields';

type NewAccount = Record<NewAccountField, string>;

/** The form for a new account. `send` gets what was typed, without the blanks around it. */
export function useNewAccount(
  initial: Partial<NewAccount>,
  send: (account: NewAccount) => Promise<void>,
): Form<NewAccountField> {
  const { t } = useTranslation('account');
  return useForm<NewAccountField>({
    initial: { username: '', full_name: '', email: '', password: '', ...initial },
    check: ({ username, email }) => ({
      ...(!isUsername(username) && { username: t('usernameHint') }),
      ...(!looksLikeEmail(email) && { email: t('emailWrong') }),
    }),
    places: { 'username-taken': 'username', 'weak-password': 'password' },
    send: ({ username, full_name, email, password }) =>
      send({
        username: username.trim(),
        full_name: full_name.trim(),
        email: email.trim(),
        password,
      }),
  });
}
