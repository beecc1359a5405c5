import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';

import { resetPassword, startOver } from '../api';
import { CardPage } from '../components/CardPage';
import { IdentityProblem } from '../components/IdentityProblem';
import { LinkInvalid } from '../components/LinkInvalid';
import { NewPasswordField } from '../components/NewPasswordField';
import { useLinkToken } from '../hooks/useLinkToken';
import { linkRefusal } from '../links';

/** Where the link of an administrator leads: choose a password. */
export default function ResetPasswordPage() {
  const { t } = useTranslation('account');
  const token = useLinkToken();
  if (!token) return <LinkInvalid detail="" used={t('reset.used')} />;
  return <ResetPassword key={token} token={token} />;
}

function ResetPassword({ token }: { token: string }) {
  const { t } = useTranslation('account');
  const navigate = useNavigate();
  const { values, busy, error, field, form } = useForm({
    initial: { password: '' },
    places: { 'weak-password': 'password' },
    send: async ({ password }) => {
      await resetPassword(token, password);
      await startOver('password-set');
      void navigate('/', { replace: true });
    },
  });
  const refusal = linkRefusal(error);
  if (refusal) return <LinkInvalid detail={refusal} used={t('reset.used')} />;

  return (
    <CardPage title={t('reset.title')}>
      <p className="text-sm text-muted">{t('reset.intro')}</p>
      <IdentityProblem error={error} />
      <form {...form} className="flex flex-col gap-4">
        <NewPasswordField
          label={t('newPassword')}
          username=""
          {...field('password')}
          value={values.password}
        />
        <Button type="submit" look="primary" busy={busy} className="mt-2">
          {busy ? t('saving') : t('reset.submit')}
        </Button>
      </form>
    </CardPage>
  );
}
