import { Copy } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useCopy } from '@/shared/hooks/useCopy';

import { Button } from './Button';

/** Copies a text; not there where the browser has no clipboard, since the text can be selected. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation();
  const { copy, outcome } = useCopy();
  if (!copy) return null;
  return (
    <span className="inline-flex flex-wrap items-center">
      <Button onClick={() => copy(text)}>
        <Copy aria-hidden className="size-4 shrink-0" />
        {label}
      </Button>
      <span role="status" className="text-sm text-muted">
        {outcome !== 'none' && <span className="ms-2">{t(`copy.${outcome}`)}</span>}
      </span>
    </span>
  );
}
