import { useTranslation } from 'react-i18next';

import { isUsername, looksLikeEmail } from '@/shared/accounts';
import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { createUser, type OneTimeLink, type SiteName, type User } from '../api';
import type { ProfileField } from '../hooks/useUserForm';
import { LIMITS, roleOf } from '../people';
import { saidInWords } from '../refusals';

import { RoleSelect, SiteSelect } from './SelectFields';

export interface MadeUser {
  user: User;
  link: OneTimeLink | null;
}

interface Props {
  sites: readonly SiteName[];
  onMade: (made: MadeUser) => void;
}

/** Who a new account is for. */
export function NewUserForm({ sites, onMade }: Props) {
  const { t } = useTranslation('people');
  const { field, form, busy, error } = useForm<'username' | ProfileField>({
    initial: {
      username: '',
      full_name: '',
      email: '',
      role: 'clinician',
      site_id: sites[0]?.id ?? '',
    },
    optional: ['full_name', 'email'],
    check: ({ username, email }) => ({
      ...(!isUsername(username) && { username: t('newUser.usernameHint') }),
      ...(email.trim() && !looksLikeEmail(email) && { email: t('emailWrong') }),
    }),
    places: { 'username-taken': 'username', 'unknown-site': 'site_id' },
    send: async ({ username, full_name, email, role, site_id }) => {
      const facts = {
        username: username.trim(),
        full_name: full_name.trim(),
        email: email.trim() || null,
        role: roleOf(role) ?? 'clinician',
        site_id,
      };
      onMade(await saidInWords(t, () => createUser(facts)));
    },
  });

  return (
    <>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      <form {...form} className="flex flex-col gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field
            label={t('field.username')}
            hint={t('newUser.usernameHint')}
            dir="ltr"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={LIMITS.username}
            {...field('username')}
          />
          <Field
            label={t('field.fullName')}
            dir="auto"
            autoComplete="off"
            maxLength={LIMITS.full_name}
            {...field('full_name')}
          />
          <Field
            label={t('field.email')}
            type="email"
            dir="ltr"
            autoComplete="off"
            maxLength={LIMITS.email}
            {...field('email')}
          />
          <RoleSelect {...field('role')} />
          <SiteSelect sites={sites} {...field('site_id')} />
        </div>
        <Button type="submit" look="primary" busy={busy} className="self-start">
          {busy ? t('saving') : t('newUser.submit')}
        </Button>
      </form>
    </>
  );
}
