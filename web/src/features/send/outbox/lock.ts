/** One on a device sends, so that no chunk ever goes twice: whichever tab, or the service worker, holds this. */
export const OUTBOX_LOCK = 'relaypacs-outbox';
/** The name of the sync (Background Sync) by which the browser wakes the service worker to send. */
export const OUTBOX_SYNC = 'relaypacs-outbox';
