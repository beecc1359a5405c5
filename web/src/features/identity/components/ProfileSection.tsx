import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { looksLikeEmail } from '@/shared/accounts';
import { useForm } from '@/shared/hooks/useForm';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { Section } from '@/shared/ui/Section';

import { changeProfile, type CurrentUser } from '../api';
import { IdentityProblem } from './IdentityProblem';

interface Props {
  user: CurrentUser;
  onSaved: (user: CurrentUser) => void;
}

export function ProfileSection({ user, onSaved }: Props) {
  const { t } = useTranslation(['account', 'identity']);
  const [saved, setSaved] = useState(false);
  const { busy, error, field, form } = useForm({
    initial: { full_name: user.full_name, email: user.email ?? '' },
    // The gateway takes an empty name, and leaves an address as it is that nobody has given.
    optional: user.email ? ['full_name'] : ['full_name', 'email'],
    check: ({ email }) =>
      email.trim() && !looksLikeEmail(email) ? { email: t('emailWrong') } : {},
    send: async ({ full_name, email }) => {
      setSaved(false);
      onSaved(await changeProfile({ full_name, email: email.trim() || null }));
      setSaved(true);
    },
  });

  return (
    <Section title={t('profile.title')}>
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
        <div className="min-w-0">
          <dt className="text-muted">{t('identity:username')}</dt>
          <dd className="font-medium break-all">
            <bdi>{user.username}</bdi>
          </dd>
        </div>
        <div>
          <dt className="text-muted">{t('profile.role')}</dt>
          <dd className="font-medium">{t(`identity:role.${user.role}`)}</dd>
        </div>
      </dl>
      <IdentityProblem error={error} />
      {saved && !error && <Alert tone="positive" title={t('profile.saved')} />}
      <form {...form} className="flex flex-col gap-4">
        <Field label={t('fullName')} autoComplete="name" {...field('full_name')} />
        <Field label={t('email')} type="email" dir="ltr" autoComplete="email" {...field('email')} />
        <Button type="submit" busy={busy} className="self-start">
          {busy ? t('saving') : t('profile.save')}
        </Button>
      </form>
    </Section>
  );
}
