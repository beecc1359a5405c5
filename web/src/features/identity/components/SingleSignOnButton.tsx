import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';

import { useSingleSignOn } from '../hooks/useSingleSignOn';
import { IdentityProblem } from './IdentityProblem';

/** The way in through another system, where the gateway offers one. */
export function SingleSignOnButton() {
  const { t } = useTranslation('identity');
  const { name, busy, error, leave } = useSingleSignOn();
  if (name === null) return null;
  return (
    <>
      <p className="flex items-center gap-3 text-sm text-muted before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line">
        {t('or')}
      </p>
      <IdentityProblem error={error} />
      <Button busy={busy} onClick={() => void leave()}>
        <span className="min-w-0 py-2 break-words">{t('signInWith', { name })}</span>
      </Button>
    </>
  );
}
