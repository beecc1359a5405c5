import { useTranslation } from 'react-i18next';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import type { SiteName, User } from '../api';
import { useUserForm } from '../hooks/useUserForm';
import { LIMITS } from '../people';

import { RoleSelect, SiteSelect } from './SelectFields';
import { UserConflict } from './UserConflict';

interface Props {
  user: User;
  isOwn: boolean;
  sites: readonly SiteName[];
  onSaved: (user: User) => void;
  /** Begin anew with what somebody else has made of the account. */
  onTake: (other: User) => void;
}

/** Who somebody is, and what for. */
export function ProfileSection({ user, isOwn, sites, onSaved, onTake }: Props) {
  const { t } = useTranslation('people');
  const editor = useUserForm(user, (saved) => {
    toasts.show({ tone: 'positive', title: t('user.saved') });
    onSaved(saved);
  });
  const { field, busy, error, conflict, values } = editor;
  useUnloadWarning(editor.isChanged);
  const endsSessions = values.role !== user.role || values.site_id !== user.site_id;

  return (
    <Section title={t('user.profile')}>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {conflict && (
        <UserConflict
          mine={values}
          other={conflict}
          sites={sites}
          busy={busy}
          onTake={onTake}
          onOver={editor.saveOver}
        />
      )}
      <form {...editor.form} className="flex flex-col gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-2">
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
          <RoleSelect disabled={isOwn} {...field('role')} hint={isOwn && t('user.ownRole')} />
          <SiteSelect sites={sites} {...field('site_id')} />
        </div>
        {endsSessions && <p className="text-sm text-muted">{t('user.endsSessions')}</p>}
        <Button type="submit" look="primary" busy={busy} className="self-start">
          {busy ? t('saving') : t('save')}
        </Button>
      </form>
    </Section>
  );
}
