import type { i18n } from 'i18next';

import { session } from '@/shared/api/session';
import { isLanguage } from '@/shared/i18n/languages';

import { KNOWN_TYPES } from '../looks';
import { isInOwnWords } from '../words';

import { fetchTelling, saveTelling, type PushOffer } from './api';
import { subscribe } from './browser';
import { keepToldLanguage, keptBrowser, toldLanguage } from './kept';
import { keepWorkerWords, type Said } from './workerWords';

/**
 * Tell the gateway the language that is shown, and keep this browser subscribed: for the session of now, with the words of
 * now.
 *
 * Raises as the calls of the gateway do; whatever was not done is done at the next start.
 */
export async function keepInTouch(i18next: i18n): Promise<void> {
  const owner = await session.userId();
  const { language } = i18next;
  if (owner === null || !isLanguage(language)) return;
  const isSubscribed = keptBrowser()?.owner === owner && Notification.permission === 'granted';
  if (isSubscribed) await keepWorkerWords(wordsFor(i18next));
  if (toldLanguage(owner) === language && !isSubscribed) return;
  const telling = await fetchTelling();
  if (telling.language !== language) await saveTelling({ language, choices: [] });
  keepToldLanguage(owner, language);
  if (isSubscribed) await renew(telling.channels.push);
}

async function renew({ public_key: key }: PushOffer): Promise<void> {
  if (key) await subscribe(key);
}

/** Return what the worker says, in the language that is shown. */
export function wordsFor(i18next: i18n) {
  const t = i18next.getFixedT(null, 'notifications');
  const said: Record<string, Said> = { test: { title: t('test.title'), detail: t('test.detail') } };
  for (const type of KNOWN_TYPES) {
    const detail = isInOwnWords(type) ? '' : t(`detail.${type}`);
    said[type] = { title: t(`heading.${type}`), detail };
  }
  return { lang: i18next.language, dir: i18next.dir(), said };
}
