import { Hourglass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Button } from '@/shared/ui/Button';

import { CardPage } from '../components/CardPage';
import { IdentityProblem } from '../components/IdentityProblem';
import { NewAccountFields } from '../components/NewAccountFields';
import { useNewAccount } from '../hooks/useNewAccount';
import { useRegistration } from '../hooks/useRegistration';

export default function RegisterPage() {
  const { t } = useTranslation('account');
  const { waits, submit } = useRegistration();
  const account = useNewAccount({}, submit);
  if (waits) return <Waits />;

  return (
    <CardPage
      arriving
      title={t('register.title')}
      aside={
        <p>
          {t('register.have')}{' '}
          <Link to="/" className="font-medium text-brand underline">
            {t('toSignIn')}
          </Link>
        </p>
      }
    >
      <IdentityProblem error={account.error} />
      <form {...account.form} className="flex flex-col gap-4">
        <NewAccountFields account={account} />
        <Button type="submit" look="primary" busy={account.busy} className="mt-2">
          {account.busy ? t('saving') : t('register.submit')}
        </Button>
      </form>
    </CardPage>
  );
}

function Waits() {
  const { t } = useTranslation('account');
  return (
    <CardPage arriving title={t('register.waitsTitle')}>
      <Hourglass aria-hidden className="size-10 text-muted" strokeWidth={1.5} />
      <p>{t('register.waitsDetail')}</p>
      <Link to="/" className="font-medium text-brand underline">
        {t('toSignIn')}
      </Link>
    </CardPage>
  );
}
