import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { looksLikeEmail } from '@/shared/accounts';
import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { createInvitation, type OneTimeLink, type SiteName } from '../api';
import { LIMITS, roleOf } from '../people';
import { saidInWords } from '../refusals';

import { OneTimeLinkCard } from './OneTimeLinkCard';
import { RoleSelect, SiteSelect } from './SelectFields';

interface Props {
  sites: readonly SiteName[];
  onMade: () => void;
  onClose: () => void;
}

/** Who is invited, and then the link that makes it true. */
export function InviteDialog({ sites, onMade, onClose }: Props) {
  const { t } = useTranslation('people');
  const id = useId();
  const [link, setLink] = useState<OneTimeLink | null>(null);
  const { form, field, busy, error } = useForm<'role' | 'site_id' | 'email'>({
    initial: { role: 'clinician', site_id: sites[0]?.id ?? '', email: '' },
    optional: ['email'],
    check: ({ email }) =>
      email.trim() && !looksLikeEmail(email) ? { email: t('emailWrong') } : {},
    places: { 'unknown-site': 'site_id' },
    send: async ({ role, site_id, email }) => {
      const facts = { role: roleOf(role) ?? 'clinician', site_id, email: email.trim() || null };
      setLink(await saidInWords(t, () => createInvitation(facts)));
      onMade();
    },
  });
  const actions = (
    <>
      <Button onClick={onClose}>{t('cancel')}</Button>
      <Button type="submit" form={id} look="primary" busy={busy}>
        {busy ? t('saving') : t('invitations.make')}
      </Button>
    </>
  );

  return (
    <Dialog title={t('invitations.new')} onClose={onClose} actions={!link && actions}>
      {link ? (
        <OneTimeLinkCard
          link={link}
          title={t('invitations.madeTitle')}
          detail={t('invitations.madeDetail')}
          done={t('link.done')}
          onDone={onClose}
        />
      ) : (
        <div className="flex flex-col gap-4">
          {Boolean(error) && <ProblemAlert assertive error={error} />}
          <form {...form} id={id} className="flex flex-col gap-4">
            <RoleSelect {...field('role')} />
            <SiteSelect sites={sites} {...field('site_id')} />
            <Field
              label={t('field.email')}
              hint={t('invitations.emailHint')}
              type="email"
              dir="ltr"
              autoComplete="off"
              maxLength={LIMITS.email}
              {...field('email')}
            />
          </form>
        </div>
      )}
    </Dialog>
  );
}
