import { Bell } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';

import { openFeed, useFeed, useOverview } from '../current';
import { useAnnouncements } from '../hooks/useAnnouncements';
import { useAppBadge } from '../hooks/useAppBadge';
import { useInTouch } from '../hooks/useInTouch';
import { useReadOnArrival } from '../hooks/useReadOnArrival';

const MOST_SHOWN = 99;

/** How many notifications are unread, and the way to them. While it is drawn the person is told what happens. */
export default function NotificationBell() {
  const { t } = useTranslation('notifications');
  const format = useFormat();
  const feed = useFeed();
  const { unread } = useOverview();

  useEffect(() => openFeed(), []);
  useAnnouncements(feed);
  useReadOnArrival(feed);
  useAppBadge(unread);
  useInTouch();

  return (
    <NavLink
      to="/notifications"
      className="relative flex size-11 shrink-0 items-center justify-center rounded-control hover:bg-sunken aria-[current=page]:bg-sunken"
    >
      <Bell aria-hidden className="size-5" />
      <span className="sr-only">
        {unread === null
          ? t('title')
          : t('bell', { count: unread, formatted: format.count(unread) })}
      </span>
      {unread !== null && unread > 0 && (
        <span
          aria-hidden
          className="absolute start-6 top-0.5 min-w-5 rounded-full bg-critical px-1 text-center text-xs leading-5 font-semibold text-surface"
        >
          {unread > MOST_SHOWN
            ? t('moreThan', { formatted: format.count(MOST_SHOWN) })
            : format.count(unread)}
        </span>
      )}
    </NavLink>
  );
}
