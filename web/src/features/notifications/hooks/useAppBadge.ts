import { useEffect } from 'react';

/**
 * Show the number of unread notifications on the icon of the installed app, where the platform does that.
 *
 * Not in the tab's title too: that is the page's name, which screen readers say, and bookmarks and histories keep.
 */
export function useAppBadge(unread: number | null): void {
  useEffect(() => {
    if (unread !== null) setBadge(unread);
  }, [unread]);

  // Whoever signs out takes it along; closing the app does not, since what is unread stays so.
  useEffect(() => () => setBadge(0), []);
}

function setBadge(count: number): void {
  if (!('setAppBadge' in navigator)) return;
  // Zero clears it. Browsers refuse where the app is not installed or notifications are not allowed: nothing is lost.
  navigator.setAppBadge(count).catch(() => undefined);
}
