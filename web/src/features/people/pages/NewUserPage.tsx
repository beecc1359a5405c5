import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { NewUserForm, type MadeUser } from '../components/NewUserForm';
import { OneTimeLinkCard } from '../components/OneTimeLinkCard';
import { useSiteNames } from '../hooks/useSiteNames';
import { nameOf } from '../people';

/** Where an administrator makes an account for somebody, who sets the password by a link. */
export default function NewUserPage() {
  const { t } = useTranslation('people');
  const { sites, error, reload } = useSiteNames();
  const [made, setMade] = useState<MadeUser | null>(null);
  return (
    <div className="flex max-w-4xl flex-col gap-5">
      <PageHeading title={t('newUser.title')} />
      {made?.link ? (
        <Made user={made.user} link={made.link} />
      ) : (
        <>
          <p className="max-w-prose text-sm text-muted">{t('newUser.intro')}</p>
          {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
          {!sites && !error && <RowsSkeleton rows={3} />}
          {sites && <NewUserForm sites={sites} onMade={setMade} />}
        </>
      )}
    </div>
  );
}

function Made({ user, link }: { user: MadeUser['user']; link: NonNullable<MadeUser['link']> }) {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  return (
    <OneTimeLinkCard
      level={2}
      link={link}
      title={t('newUser.madeTitle', { name: nameOf(user) })}
      detail={t('link.passwordDetail')}
      done={t('newUser.show')}
      onDone={() => void navigate(`/admin/users/${user.id}`)}
    />
  );
}
