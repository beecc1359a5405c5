/** Serves the app's shell without network. What is queued to be sent has its own module; data are never kept here. */
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

import { openFromPush, showPush } from '@/features/notifications/telling/pushWorker';
import { OUTBOX_SYNC } from '@/features/send/outbox/lock';
import { drainOutbox } from '@/features/send/outbox/serviceWorker';
import { TAKE_OVER } from '@/shared/workerMessages';

declare const self: ServiceWorkerGlobalScope & {
  /** The files of the shell with their versions; the build puts them in. */
  __WB_MANIFEST: { url: string; revision: string | null }[];
};

/** What the gateway answers itself; every other address is a page of the app. */
const SERVER_PATHS = [
  /^\/api\//,
  /^\/dicom-web\//,
  /^\/docs(?:$|[/-])/,
  /^\/health(?:$|\/)/,
  /^\/licenses\//,
  /^\/metrics$/,
  /^\/openapi\.json$/,
  /^\/problems(?:$|\/)/,
];

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: SERVER_PATHS }),
);

self.addEventListener('message', ({ data }) => {
  if (data === TAKE_OVER) void self.skipWaiting();
});

// Pages that were open before the first service worker get its files too, so that they work offline at once.
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

/** Background Sync: the network is back, though maybe no page is open any more. */
interface SyncEvent extends ExtendableEvent {
  tag: string;
}

self.addEventListener('sync', (event) => {
  const { tag } = event as SyncEvent;
  if (tag === OUTBOX_SYNC) (event as SyncEvent).waitUntil(drainOutbox());
});

self.addEventListener('push', (event) => {
  event.waitUntil(showPush(self.registration, event.data));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openFromPush(self.clients, event.notification.data));
});
