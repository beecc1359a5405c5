import { useTranslation } from 'react-i18next';

import type { SignedOutReason } from '@/shared/api/session';
import { Alert } from '@/shared/ui/Alert';
import { Logo } from '@/shared/ui/Logo';

import { PasswordForm } from '../components/PasswordForm';
import { SignInProblem } from '../components/SignInProblem';
import { TotpForm } from '../components/TotpForm';
import { useSignIn } from '../hooks/useSignIn';

/** Stands in place of every page while nobody is signed in; the address stays, so signing in leads back to it. */
export default function SignInPage({ reason }: { reason: SignedOutReason }) {
  const { t } = useTranslation('identity');
  const { step, busy, error, submitPassword, submitCode, back } = useSignIn();
  const title = step === 'totp' ? t('totpTitle') : t('signIn');

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-4 py-10">
      <title>{`${title} · RelayPACS`}</title>
      <div className="flex flex-col items-center gap-2 text-center">
        <Logo className="size-12" />
        <p className="text-xl font-semibold">RelayPACS</p>
        <p className="text-sm text-muted">{t('tagline')}</p>
      </div>
      {!error && step === 'password' && <Farewell reason={reason} />}
      <section className="flex flex-col gap-5 rounded-card border border-line bg-surface p-5 shadow-sm sm:p-8">
        <h1 className="text-lg font-semibold">{title}</h1>
        <SignInProblem error={error} step={step} />
        {step === 'totp' ? (
          <TotpForm busy={busy} onSubmit={(code) => void submitCode(code)} onBack={back} />
        ) : (
          <PasswordForm
            busy={busy}
            onSubmit={(username, password) => void submitPassword(username, password)}
          />
        )}
      </section>
    </main>
  );
}

/** Say why the person has to sign in, when it was not their own wish alone. */
function Farewell({ reason }: { reason: SignedOutReason }) {
  const { t } = useTranslation('identity');
  if (reason === 'none') return null;
  const expired = reason === 'expired';
  return (
    <Alert
      tone={expired ? 'active' : 'caution'}
      title={expired ? t('expiredTitle') : t('notToldTitle')}
    >
      <p>{expired ? t('expiredDetail') : t('notToldDetail')}</p>
    </Alert>
  );
}
