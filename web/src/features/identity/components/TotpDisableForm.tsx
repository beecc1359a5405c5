import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';

import { IdentityProblem } from './IdentityProblem';
import { PasswordField } from './PasswordField';

interface Props {
  onSubmit: (password: string, code: string) => Promise<void>;
  onCancel: () => void;
}

export function TotpDisableForm({ onSubmit, onCancel }: Props) {
  const { t } = useTranslation(['account', 'identity']);
  const { busy, error, field, form } = useForm({
    initial: { password: '', code: '' },
    places: { 'password-wrong': 'password', 'code-wrong': 'code' },
    send: ({ password, code }) => onSubmit(password, code.replace(/\s/g, '')),
  });

  return (
    <>
      <IdentityProblem error={error} />
      <form {...form} className="flex flex-col gap-4">
        <PasswordField
          label={t('identity:password')}
          autoComplete="current-password"
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the step replaces the button that had the focus
          autoFocus
          {...field('password')}
        />
        <Field
          label={t('factor.code')}
          hint={t('factor.codeOrRecovery')}
          dir="ltr"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          {...field('code')}
        />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={busy}>
            {busy ? t('saving') : t('factor.turnOff')}
          </Button>
          <Button look="quiet" onClick={onCancel}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </>
  );
}
