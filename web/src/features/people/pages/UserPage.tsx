import { ScrollText, UserX } from 'lucide-react';
import { useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { useLoaded } from '@/shared/hooks/useLoaded';
import { buttonLook } from '@/shared/ui/Button';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchUser, isGone, type User } from '../api';
import { AccountSection } from '../components/AccountSection';
import { ProfileSection } from '../components/ProfileSection';
import { SessionsSection } from '../components/SessionsSection';
import { SignInSection } from '../components/SignInSection';
import { useSiteNames } from '../hooks/useSiteNames';
import { useUserDeeds } from '../hooks/useUserDeeds';
import { nameOf } from '../people';

/** One account, and everything that an administrator does with it. */
export default function UserPage() {
  const { userId = '' } = useParams();
  return <CurrentUser key={userId} userId={userId} />;
}

function CurrentUser({ userId }: { userId: User['id'] }) {
  const { t } = useTranslation('people');
  const { value: user, error, reload, change } = useLoaded((signal) => fetchUser(userId, signal));
  if (isGone(error)) return <NoSuchUser />;
  return (
    <div className="flex max-w-4xl flex-col gap-5">
      <PageHeading title={user ? nameOf(user) : t('user.title')}>
        {user && <bdi>{nameOf(user)}</bdi>}
      </PageHeading>
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {!user && !error && <RowsSkeleton rows={4} />}
      {user && <Found user={user} onChange={change} onReload={reload} />}
    </div>
  );
}

interface FoundProps {
  user: User;
  onChange: (user: User) => void;
  onReload: () => void;
}

function Found({ user, onChange, onReload }: FoundProps) {
  const { t } = useTranslation('people');
  const isOwn = useCurrentUser()?.id === user.id;
  const { sites, error, reload } = useSiteNames();
  const [begun, beginAnew] = useReducer((count: number) => count + 1, 0);
  const take = (other: User) => {
    onChange(other);
    beginAnew();
  };
  const deeds = useUserDeeds(user, onChange, () => {
    fetchUser(user.id).then(take, onReload);
  });
  return (
    <>
      <AccountSection user={user} isOwn={isOwn} deeds={deeds} />
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      {sites && (
        <ProfileSection
          key={begun}
          user={user}
          isOwn={isOwn}
          sites={sites}
          onSaved={onChange}
          onTake={take}
        />
      )}
      <SignInSection user={user} isOwn={isOwn} deeds={deeds} />
      <SessionsSection key={user.version} user={user} isOwn={isOwn} />
      <div className="flex flex-wrap gap-3">
        <TrailLink to={`actor=${encodeURIComponent(user.username)}`}>{t('user.did')}</TrailLink>
        <TrailLink to={`object=${user.id}`}>{t('user.happened')}</TrailLink>
      </div>
    </>
  );
}

function TrailLink({ to, children }: { to: string; children: string }) {
  return (
    <Link to={`/admin/audit?${to}`} className={buttonLook('quiet')}>
      <ScrollText aria-hidden className="size-4" />
      {children}
    </Link>
  );
}

function NoSuchUser() {
  const { t } = useTranslation('people');
  return (
    <EmptyState level={1} icon={UserX} title={t('user.goneTitle')}>
      <p>{t('user.goneDetail')}</p>
      <Link
        to="/admin/users"
        className="inline-flex min-h-11 items-center font-medium text-brand underline"
      >
        {t('user.all')}
      </Link>
    </EmptyState>
  );
}
