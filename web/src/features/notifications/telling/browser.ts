import { ApiError } from '@/shared/api/problem';
import { session } from '@/shared/api/session';

import { addBrowser, removeBrowser } from './api';
import { forgetBrowser, keepBrowser, keptBrowser } from './kept';

/** What can be said of push messages in this browser, before anybody is asked anything. */
export type BrowserState =
  /** It knows no push messages, or is not let have them, as in a private window. */
  | 'unsupported'
  /** An iPhone or iPad: only what is on the home screen gets push messages there. */
  | 'needs-installing'
  /** The person, or whoever keeps the device, has told the browser to show none. */
  | 'blocked'
  | 'off'
  | 'on';

export async function browserState(): Promise<BrowserState> {
  if (!('PushManager' in window) || !('Notification' in window)) {
    return isApplePhone() ? 'needs-installing' : 'unsupported';
  }
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  const subscription = await registration.pushManager.getSubscription();
  const kept = keptBrowser();
  const isMine = kept !== null && kept.owner === (await session.userId());
  return subscription && isMine ? 'on' : 'off';
}

/** Ask the person, then the browser, then the gateway. Returns what came of it; raises as the calls of the gateway do. */
export async function turnOn(publicKey: string): Promise<BrowserState> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission === 'denied' ? 'blocked' : 'off';
  await subscribe(publicKey);
  return 'on';
}

/** Subscribe, or once more: a new session has to be told of it, and a gateway with a new key gets new ones. */
export async function subscribe(publicKey: string): Promise<void> {
  const owner = await session.userId();
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration || owner === null) throw new Error('no service worker, or nobody is signed in');
  const earlier = await registration.pushManager.getSubscription();
  if (earlier && keyOf(earlier) !== publicKey) await earlier.unsubscribe();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  keepBrowser({ owner, id: await addBrowser(subscription) });
}

export async function turnOff(): Promise<void> {
  const kept = keptBrowser();
  if (kept) await removeBrowser(kept.id).catch(unlessGone);
  forgetBrowser();
  await silence();
}

/** Show no more until the person signs in again, though the gateway may not have been reached to be told so. */
export async function silence(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}

function keyOf(subscription: PushSubscription): string {
  const key = subscription.options.applicationServerKey;
  if (!key) return '';
  const binary = String.fromCharCode(...new Uint8Array(key));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** iPads say that they are Macs, but have a screen that is touched. */
function isApplePhone(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return /iPhone|iPad/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1);
}
