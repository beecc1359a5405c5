import { useState } from 'react';

interface Copy {
  /** Undefined where the browser has no clipboard for us: outside of secure contexts. */
  copy: ((text: string) => void) | undefined;
  outcome: 'none' | 'copied' | 'refused';
}

/** Put a text on the clipboard, and say whether that worked. */
export function useCopy(): Copy {
  const [outcome, setOutcome] = useState<Copy['outcome']>('none');
  if (!('clipboard' in navigator)) return { copy: undefined, outcome };
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      (error: unknown) => {
        console.warn('The browser refused the clipboard', error);
        setOutcome('refused');
      },
    );
  };
  return { copy, outcome };
}
