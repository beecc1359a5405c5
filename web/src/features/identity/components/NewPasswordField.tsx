import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';

import { classes } from '@/shared/ui/classes';

import { usePasswordVerdict } from '../hooks/usePasswordVerdict';
import type { PasswordVerdict } from '../passwords';
import { PasswordField } from './PasswordField';

interface Props extends Omit<ComponentProps<typeof PasswordField>, 'hint' | 'value'> {
  value: string;
  /** A password must not contain it; empty where it is not known. */
  username: string;
}

/** A password to be set, with what the gateway will probably say of it. */
export function NewPasswordField({ username, ...field }: Props) {
  const { t } = useTranslation('account');
  return (
    <div>
      <PasswordField {...field} autoComplete="new-password" hint={t('passwordHint')} />
      <StrengthMeter verdict={usePasswordVerdict(field.value, username)} />
    </div>
  );
}

const BARS = 3;
const levels: Record<PasswordVerdict, { bars: number; colour: string; words: string }> = {
  short: { bars: 1, colour: 'bg-critical', words: 'text-critical' },
  named: { bars: 1, colour: 'bg-critical', words: 'text-critical' },
  weak: { bars: 1, colour: 'bg-critical', words: 'text-critical' },
  good: { bars: 2, colour: 'bg-positive', words: 'text-positive' },
  strong: { bars: BARS, colour: 'bg-positive', words: 'text-positive' },
};

/** The words say it; the bars only repeat them. */
function StrengthMeter({ verdict }: { verdict: PasswordVerdict | null }) {
  const { t } = useTranslation('account');
  const level = verdict && levels[verdict];
  return (
    <div role="status">
      {verdict && level && (
        <div className="mt-2 flex items-center gap-3">
          <span aria-hidden className="flex w-24 shrink-0 gap-1">
            {Array.from({ length: BARS }, (_, bar) => (
              <span
                key={bar}
                className={classes(
                  'h-1.5 grow rounded-full',
                  bar < level.bars ? level.colour : 'bg-sunken',
                )}
              />
            ))}
          </span>
          <span className={classes('text-sm font-medium', level.words)}>
            {t(`verdict.${verdict}`)}
          </span>
        </div>
      )}
    </div>
  );
}
