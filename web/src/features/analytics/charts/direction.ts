import { useTranslation } from 'react-i18next';

import { isolated } from '@/shared/i18n/isolate';

interface Direction {
  isRtl: boolean;
  dir: 'ltr' | 'rtl';
  /** A text as it reads in a drawing, which itself always runs from left to right. */
  said: (text: string) => string;
}

/** Which way the reader reads: time runs that way too, and names stand where lines begin. */
export function useDirection(): Direction {
  const dir = useTranslation().i18n.dir();
  const isRtl = dir === 'rtl';
  return { isRtl, dir, said: (text) => (isRtl ? isolated(text, dir) : text) };
}
