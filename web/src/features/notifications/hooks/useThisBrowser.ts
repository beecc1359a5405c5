import type { i18n } from 'i18next';
import { useEffect, useState } from 'react';

import { useAttempt } from '@/shared/hooks/useAttempt';

import { sendTestPush } from '../telling/api';
import { browserState, turnOff, turnOn, type BrowserState } from '../telling/browser';
import { wordsFor } from '../telling/keepInTouch';
import { keptBrowser } from '../telling/kept';
import { keepWorkerWords } from '../telling/workerWords';

interface ThisBrowser {
  /** Null until known. */
  state: BrowserState | null;
  busy: boolean;
  error: unknown;
  /** A test message is on its way. */
  tested: boolean;
  change: (on: boolean, publicKey: string, i18next: i18n) => void;
  test: () => void;
}

/** Whether this browser shows push messages, and what changes that. */
export function useThisBrowser(): ThisBrowser {
  const [state, setState] = useState<BrowserState | null>(null);
  const [tested, setTested] = useState(false);
  const { busy, error, run } = useAttempt();

  useEffect(() => {
    let isCurrent = true;
    void browserState().then(
      (found) => isCurrent && setState(found),
      () => isCurrent && setState('unsupported'),
    );
    return () => {
      isCurrent = false;
    };
  }, []);

  const change = (on: boolean, publicKey: string, i18next: i18n) => {
    setTested(false);
    void run(async () => {
      if (on) {
        setState(await turnOn(publicKey));
        await keepWorkerWords(wordsFor(i18next));
      } else {
        await turnOff();
        setState('off');
      }
    });
  };

  const test = () => {
    setTested(false);
    const kept = keptBrowser();
    if (kept) void run(() => sendTestPush(kept.id)).then(setTested);
  };

  return { state, busy, error, tested, change, test };
}
