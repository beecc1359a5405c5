import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';
import { CopyButton } from '@/shared/ui/CopyButton';
import { Field } from '@/shared/ui/Field';

import type { TotpSetup } from '../api';
import { IdentityProblem } from './IdentityProblem';

interface Props {
  setup: TotpSetup;
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
}

/** Bring the secret into an authenticator app, and prove with a code of it that it is there. */
export function TotpSetupForm({ setup, onCode, onCancel }: Props) {
  const { t } = useTranslation('account');
  const { busy, error, field, form } = useForm({
    initial: { code: '' },
    places: { 'code-wrong': 'code' },
    send: ({ code }) => onCode(code.replace(/\s/g, '')),
  });

  return (
    <div className="flex flex-col gap-5">
      <ol className="flex list-decimal flex-col gap-4 ps-5 text-sm marker:font-semibold">
        <li>
          <p>{t('factor.scan')}</p>
          {/* White around it in both schemes: cameras look for dark on light. */}
          <img
            src={`data:image/png;base64,${setup.qr_code}`}
            alt={t('factor.qrCode')}
            className="mt-3 size-52 rounded-control border border-line bg-white object-contain p-2 [image-rendering:pixelated]"
          />
          <p className="mt-3 text-muted">{t('factor.type')}</p>
          <div className="mt-2 flex flex-wrap items-center gap-3">
            <code
              dir="ltr"
              className="rounded-control bg-sunken px-3 py-2 text-base break-words select-all"
            >
              {inFours(setup.secret)}
            </code>
            <CopyButton text={setup.secret} label={t('factor.copySecret')} />
          </div>
        </li>
        <li>{t('factor.enterCode')}</li>
      </ol>
      <IdentityProblem error={error} />
      <form {...form} className="flex flex-col gap-4">
        <Field
          label={t('factor.code')}
          inputMode="numeric"
          dir="ltr"
          autoComplete="one-time-code"
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the step replaces the button that had the focus
          autoFocus
          {...field('code')}
        />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={busy}>
            {busy ? t('saving') : t('factor.turnOn')}
          </Button>
          <Button look="quiet" onClick={onCancel}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </div>
  );
}

function inFours(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? secret;
}
