import { useTranslation } from 'react-i18next';

import { currentUser } from '@/shared/currentUser';
import { useLoaded } from '@/shared/hooks/useLoaded';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchCurrentUser } from '../api';
import { DeviceSection } from '../components/DeviceSection';
import { PasswordSection } from '../components/PasswordSection';
import { ProfileSection } from '../components/ProfileSection';
import { SecondFactorSection } from '../components/SecondFactorSection';
import { SessionsSection } from '../components/SessionsSection';
import { TellingLink } from '../components/TellingLink';
import { TemplatesSection } from '../components/TemplatesSection';
import { useSessions } from '../hooks/useSessions';

/** What people do with their own account. */
export default function AccountPage() {
  const { t } = useTranslation('account');
  const { value: user, error, reload, change } = useLoaded(fetchCurrentUser);
  const sessions = useSessions();

  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('title')} />
      {Boolean(error) && <ProblemAlert error={error} onRetry={reload} />}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-5">
          {!user && !error && <RowsSkeleton rows={4} />}
          {user && (
            <ProfileSection
              user={user}
              onSaved={(saved) => {
                change(saved);
                currentUser.set(saved);
              }}
            />
          )}
          {user?.role === 'radiologist' && <TemplatesSection />}
          <DeviceSection />
          <TellingLink />
        </div>
        {user && (
          <div className="flex min-w-0 flex-col gap-5">
            <PasswordSection username={user.username} onChanged={sessions.reload} />
            <SecondFactorSection
              username={user.username}
              enabled={user.totp_enabled}
              onChange={(enabled) => {
                change({ ...user, totp_enabled: enabled });
                sessions.reload();
              }}
            />
            <SessionsSection list={sessions} />
          </div>
        )}
      </div>
    </div>
  );
}
