import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import { Button } from '@/shared/ui/Button';
import { CopyButton } from '@/shared/ui/CopyButton';

interface Props {
  secret: string;
  onKept: () => void;
}

/** What calls are signed with. The gateway never shows it again. */
export function SecretPanel({ secret, onKept }: Props) {
  const { t } = useTranslation('webhooks');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useUnloadWarning(true);
  return (
    <div className="flex max-w-3xl flex-col gap-4 rounded-card bg-caution-soft p-4">
      <div className="flex flex-col gap-1 text-caution">
        <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
          {t('secret.shownOnce')}
        </h2>
        <p className="max-w-prose text-sm">{t('secret.keepIt')}</p>
      </div>
      <code
        dir="ltr"
        className="rounded-control bg-surface p-4 font-mono text-sm break-all select-all"
      >
        {secret}
      </code>
      <div className="flex flex-wrap items-center gap-3">
        <CopyButton text={secret} label={t('secret.copy')} />
        <Button look="primary" onClick={onKept}>
          {t('secret.kept')}
        </Button>
      </div>
    </div>
  );
}
