/** What a page tells the service worker when a person has asked for the new version. */
export const TAKE_OVER = 'take-over';
