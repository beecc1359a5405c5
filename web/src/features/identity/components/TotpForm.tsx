import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';

interface Props {
  busy: boolean;
  onSubmit: (code: string) => void;
  onBack: () => void;
}

/** Asks for a code of the authenticator app, or for a recovery code from who no longer has it. */
export function TotpForm({ busy, onSubmit, onBack }: Props) {
  const { t } = useTranslation(['identity', 'common']);
  const [code, setCode] = useState('');
  const [checked, setChecked] = useState(false);
  const [lost, setLost] = useState(false);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setChecked(true);
    if (code.trim() && !busy) onSubmit(code.replace(/\s/g, ''));
  };

  const swap = () => {
    setLost(!lost);
    setCode('');
    setChecked(false);
  };

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <Field
        key={lost ? 'recovery' : 'totp'}
        label={lost ? t('recoveryCode') : t('totpCode')}
        hint={lost ? t('recoveryHint') : t('totpHint')}
        name="totp"
        dir="ltr"
        autoComplete={lost ? 'off' : 'one-time-code'}
        autoCapitalize="none"
        spellCheck={false}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the step replaces the form that had the focus
        autoFocus
        required
        value={code}
        error={checked && !code.trim() ? t('common:required') : undefined}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button type="submit" look="primary" busy={busy} className="mt-2">
        {busy ? t('signingIn') : t('verify')}
      </Button>
      <Button look="quiet" onClick={swap}>
        {lost ? t('foundDevice') : t('lostDevice')}
      </Button>
      <Button look="quiet" onClick={onBack}>
        {t('back')}
      </Button>
    </form>
  );
}
