import { useCallback, useEffect, useRef, useState } from 'react';

import type { ReportText } from '../api';
import type { Unsaved } from '../drafts/database';
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
  const latest = useRef<ReportText | null>(null);

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

  const keep = useCallback(async () => {
    const { current } = latest;
    clearTimeout(timer.current);
    timer.current = undefined;
    if (!current) return;
    try {
      if (isBlank(current)) await place.forget();
      else await place.keep(onNothing(current));
      setKept(current === latest.current);
    } catch (error) {
      console.warn('The browser keeps no drafts', error);
    }
  }, [place]);

  useEffect(() => {
    const part = () => {
      if (latest.current) place.keepOnParting(onNothing(latest.current));
    };
    window.addEventListener('pagehide', part);
    return () => {
      window.removeEventListener('pagehide', part);
      void keep();
    };
  }, [keep, place]);

  const write = (changes: Partial<ReportText>) => {
    const next = { ...(text ?? NO_TEXT), ...changes };
    for (const name of FIELDS) next[name] = cleaned(next[name]);
    latest.current = next;
    setText(next);
    setKept(false);
    timer.current ??= setTimeout(() => void keep(), KEEP_AFTER_MS);
  };

  const forget = () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    latest.current = null;
    setText(NO_TEXT);
    void place.forget();
  };

  return { text, isKept, write, forget };
}

/** The gateway has no drafts of addenda: each is written on nothing. */
function onNothing(text: ReportText): Unsaved {
  return { text, base: NO_TEXT, revision: 0, unheard: [] };
}
