/** What a page tells the service worker when a person has asked for the new version. */
export const TAKE_OVER = 'take-over';

/** What the service worker asks a page: to show another one, because somebody has pressed a push message. */
export interface ShowPage {
  kind: 'show-page';
  page: string;
}

export const SHOW_PAGE: ShowPage['kind'] = 'show-page';
