import { useEffect, useRef, useState } from 'react';

import type { ReportText } from '../api';
import { DraftPlace } from '../drafts/drafts';
import { cleaned, FIELDS, isBlank, NO_TEXT } from '../text';

const KEEP_AFTER_MS = 300;

export interface AddendumText {
  /** Null until the device was asked what it has. */
  text: ReportText | null;
  /** Whether what is written lies on this device. */
  isKept: boolean;
  write: (changes: Partial<ReportText>) => void;
  /** It is signed, or done with. */
  forget: () => void;
}

/** What somebody writes to add to a final report: on this device alone, until it is signed. */
export function useAddendum(reportId: string): AddendumText {
  const [place] = useState(() => new DraftPlace(reportId, 'addendum'));
  const [text, setText] = useState<ReportText | null>(null);
  const [isKept, setKept] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    let isCurrent = true;
    void place.recall().then((kept) => {
      if (!isCurrent) return;
      setText(kept?.text ?? NO_TEXT);
      setKept(kept !== null);
    });
    return () => {
      isCurrent = false;
    };
  }, [place]);

  const keep = async (next: ReportText) => {
    try {
      if (isBlank(next)) await place.forget();
      else await place.keep(next, NO_TEXT, 0);
      setKept(true);
    } catch (error) {
      console.warn('The browser keeps no drafts', error);
    }
  };

  const write = (changes: Partial<ReportText>) => {
    const next = { ...(text ?? NO_TEXT), ...changes };
    for (const name of FIELDS) next[name] = cleaned(next[name]);
    setText(next);
    setKept(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void keep(next), KEEP_AFTER_MS);
  };

  const forget = () => {
    clearTimeout(timer.current);
    setText(NO_TEXT);
    void place.forget();
  };

  return { text, isKept, write, forget };
}
