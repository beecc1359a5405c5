import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';

type Props = Omit<ComponentProps<typeof Field>, 'type' | 'beside'>;

/** A password that can be looked at, instead of being typed twice. */
export function PasswordField(props: Props) {
  const { t } = useTranslation('account');
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field
      {...props}
      dir="ltr"
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      beside={
        <Button
          aria-pressed={shown}
          aria-label={t('showPassword')}
          onClick={() => setShown(!shown)}
          className="shrink-0 px-3"
        >
          <Icon aria-hidden className="size-5" />
        </Button>
      }
    />
  );
}
