import { Download } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { saveFile } from '@/shared/saveFile';
import { Button } from '@/shared/ui/Button';
import { CopyButton } from '@/shared/ui/CopyButton';

interface Props {
  username: string;
  codes: string[];
  onKept: () => void;
}

/** The codes for whoever loses the device. The gateway never shows them again. */
export function RecoveryCodes({ username, codes, onKept }: Props) {
  const { t } = useTranslation('account');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const save = () => {
    const text = [t('codes.fileTitle', { username }), '', ...codes, ''].join('\r\n');
    saveFile(new Blob([text], { type: 'text/plain' }), 'relaypacs-recovery-codes.txt');
  };

  return (
    <div className="flex flex-col gap-4 rounded-card bg-caution-soft p-4">
      <div className="flex flex-col gap-1 text-caution">
        <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
          {t('codes.title')}
        </h3>
        <p className="max-w-prose text-sm">{t('codes.intro')}</p>
      </div>
      <ul
        aria-label={t('codes.list')}
        dir="ltr"
        className="grid gap-x-6 gap-y-1 rounded-control bg-surface p-4 font-mono sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code} className="select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-3">
        <CopyButton text={codes.join('\n')} label={t('codes.copy')} />
        <Button onClick={save}>
          <Download aria-hidden className="size-4" />
          {t('codes.save')}
        </Button>
        <Button look="primary" onClick={onKept}>
          {t('codes.kept')}
        </Button>
      </div>
    </div>
  );
}
