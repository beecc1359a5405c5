import type { TFunction } from 'i18next';

import type { NotificationItem, NotificationType } from './api';
import { isKnown } from './looks';

/** The language of what is in the gateway's own words. */
const GATEWAYS_OWN = 'en';

export interface Words {
  title: string;
  /** Empty where the title says it all. */
  detail: string;
  /** Their languages, where they are not the page's. */
  titleLang?: string;
  detailLang?: string;
}

/**
 * Return what a notification says, in the language that is shown.
 *
 * The gateway's sentence stands in where this app does not know the type, and where the type leaves open what happened:
 * that a destination fails and that it takes studies again are both a `delivery_alert`, and only the sentence names it.
 */
export function wordsOf({ type, message }: NotificationItem, t: TFunction<'notifications'>): Words {
  if (!isKnown(type)) return { title: message, detail: '', titleLang: GATEWAYS_OWN };
  const title = t(`heading.${type}`);
  if (isInOwnWords(type)) return { title, detail: message, detailLang: GATEWAYS_OWN };
  return { title, detail: t(`detail.${type}`) };
}

/** Whether only the gateway's sentence says what happened, and to what. */
export function isInOwnWords(type: NotificationType): type is 'delivery_alert' | 'webhook_alert' {
  return type === 'delivery_alert' || type === 'webhook_alert';
}
