import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { session } from '@/shared/api/session';
import { FALLBACK } from '@/shared/i18n/languages';
import { SHOW_PAGE, type ShowPage } from '@/shared/workerMessages';

import { keptBrowser, toldLanguage } from '../telling/kept';

/** Keep the gateway and the service worker able to tell people who do not look, and go where a push message leads. */
export function useInTouch(): void {
  const { i18n } = useTranslation('notifications');
  const navigate = useNavigate();
  const { language } = i18n;

  useEffect(() => {
    void (async () => {
      if (!(await hasToBeSaid(language))) return;
      const { keepInTouch } = await import('../telling/keepInTouch');
      await keepInTouch(i18n);
    })().catch((error: unknown) => console.warn('The gateway could not be told', error));
  }, [i18n, language]);

  useEffect(
    () => () => {
      if (session.state().phase !== 'signed-out' || !keptBrowser()) return;
      void import('../telling/browser')
        .then(({ silence }) => silence())
        .catch((error: unknown) => console.warn('Push messages could not be turned off', error));
    },
    [],
  );

  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    const answer = ({ data, ports }: MessageEvent) => {
      const { kind, page } = (data ?? {}) as Partial<ShowPage>;
      if (kind !== SHOW_PAGE || !page) return;
      ports[0]?.postMessage(true);
      void navigate(page);
    };
    const worker = navigator.serviceWorker;
    worker.addEventListener('message', answer);
    worker.startMessages();
    return () => worker.removeEventListener('message', answer);
  }, [navigate]);
}

/** Whether the gateway cannot know yet what is shown here: until it is told it writes in the language that all have. */
async function hasToBeSaid(language: string): Promise<boolean> {
  const owner = await session.userId();
  if (owner === null) return false;
  return keptBrowser()?.owner === owner || (toldLanguage(owner) ?? FALLBACK) !== language;
}
