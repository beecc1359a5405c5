import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { SignedOutReason } from '@/shared/api/session';
import { Alert } from '@/shared/ui/Alert';
import type { Tone } from '@/shared/ui/tone';

import { CardPage } from '../components/CardPage';
import { PasswordForm } from '../components/PasswordForm';
import { SignInProblem } from '../components/SignInProblem';
import { SingleSignOnButton } from '../components/SingleSignOnButton';
import { TotpForm } from '../components/TotpForm';
import { useSignIn } from '../hooks/useSignIn';

/** Stands in place of every page while nobody is signed in; the address stays, so signing in leads back to it. */
export default function SignInPage({ reason }: { reason: SignedOutReason }) {
  const { t } = useTranslation('identity');
  const { step, busy, error, submitPassword, submitCode, back } = useSignIn();
  const asksForPassword = step === 'password';

  return (
    <CardPage
      title={asksForPassword ? t('signIn') : t('totpTitle')}
      notice={!error && asksForPassword && <Farewell reason={reason} />}
      aside={asksForPassword && <OtherWays />}
    >
      <SignInProblem error={error} step={step} />
      {asksForPassword ? (
        <>
          <PasswordForm
            busy={busy}
            onSubmit={(username, password) => void submitPassword(username, password)}
          />
          <SingleSignOnButton />
        </>
      ) : (
        <TotpForm busy={busy} onSubmit={(code) => void submitCode(code)} onBack={back} />
      )}
    </CardPage>
  );
}

function OtherWays() {
  const { t } = useTranslation('identity');
  return (
    <>
      <p>
        {t('noAccount')}{' '}
        <Link to="/register" className="font-medium text-brand underline">
          {t('register')}
        </Link>
      </p>
      <p className="mt-1">{t('forgotten')}</p>
    </>
  );
}

const farewells = {
  expired: { tone: 'active', title: 'expiredTitle', detail: 'expiredDetail' },
  'server-not-told': { tone: 'caution', title: 'notToldTitle', detail: 'notToldDetail' },
  'password-set': { tone: 'positive', title: 'passwordSetTitle', detail: 'passwordSetDetail' },
  'account-created': {
    tone: 'positive',
    title: 'accountCreatedTitle',
    detail: 'accountCreatedDetail',
  },
} as const satisfies Record<
  Exclude<SignedOutReason, 'none'>,
  { tone: Tone; title: string; detail: string }
>;

/** Say why the person has to sign in, when it was not their own wish alone. */
function Farewell({ reason }: { reason: SignedOutReason }) {
  const { t } = useTranslation('identity');
  if (reason === 'none') return null;
  const { tone, title, detail } = farewells[reason];
  return (
    <Alert tone={tone} title={t(title)}>
      <p>{t(detail)}</p>
    </Alert>
  );
}
