import { memo, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { TableCell, TableRow } from '@/shared/ui/Table';
import { classes } from '@/shared/ui/classes';
import { softTone } from '@/shared/ui/tone';

import type { NotificationItem } from '../api';
import type { NotificationFeed } from '../feed';
import { lookOf, pageOf } from '../looks';
import { wordsOf } from '../words';

import { ReadState } from './ReadState';

export const NOTIFICATION_COLUMNS = 'lg:grid-cols-[minmax(0,1fr)_12rem_19rem]';

interface Props {
  feed: NotificationFeed;
  item: NotificationItem;
  index: number;
  now: Date;
}

/** One notification; the whole row leads to what it is about, where the app has a page of that. */
export const NotificationRow = memo(function NotificationRow({ feed, item, index, now }: Props) {
  const format = useFormat();
  const title = useRef<HTMLElement>(null);
  const { busy, error, run } = useAttempt();

  const markRead = async () => {
    // The button goes with the state: the focus stays in its row.
    if (await run(() => feed.markRead(item.id))) title.current?.focus();
  };

  return (
    <TableRow
      template={NOTIFICATION_COLUMNS}
      index={index}
      className="flex flex-wrap items-center gap-x-4 gap-y-1.5 hover:bg-sunken has-focus-visible:bg-sunken"
    >
      <TableCell className="flex items-start gap-3 max-lg:basis-full">
        <What item={item} title={title} onOpen={() => void run(() => feed.markRead(item.id))} />
      </TableCell>
      <TableCell className="text-sm max-lg:ps-11 max-lg:flex max-lg:grow max-lg:flex-wrap max-lg:gap-x-2">
        <span className="block">{format.timeAgo(item.created_at, now)}</span>
        <time dateTime={item.created_at} className="text-muted">
          {format.dateTime(item.created_at)}
        </time>
      </TableCell>
      <TableCell className="max-lg:ps-11">
        <ReadState item={item} busy={busy} onRead={() => void markRead()} />
      </TableCell>
      {Boolean(error) && (
        <TableCell className="basis-full lg:col-span-full">
          <ProblemAlert assertive error={error} />
        </TableCell>
      )}
    </TableRow>
  );
});

interface WhatProps {
  item: NotificationItem;
  title: RefObject<HTMLElement | null>;
  onOpen: () => void;
}

function What({ item, title, onOpen }: WhatProps) {
  const { t } = useTranslation('notifications');
  const words = wordsOf(item, t);
  const { icon: Icon, tone } = lookOf(item);
  const page = pageOf(item);
  const weight = item.is_read ? 'font-medium' : 'font-bold';
  const open = () => {
    if (!item.is_read) onOpen();
  };
  return (
    <>
      <span className={classes('mt-0.5 shrink-0 rounded-md p-1.5', softTone[tone])}>
        <Icon aria-hidden className="size-5" />
      </span>
      <div className="min-w-0">
        {page ? (
          <Link
            ref={title as RefObject<HTMLAnchorElement | null>}
            to={page}
            onClick={open}
            className={classes('break-words after:absolute after:inset-0 hover:underline', weight)}
          >
            {words.title}
          </Link>
        ) : (
          <p
            ref={title as RefObject<HTMLParagraphElement | null>}
            tabIndex={-1}
            dir="auto"
            lang={words.titleLang}
            className={classes('break-words outline-none', weight)}
          >
            {words.title}
          </p>
        )}
        {words.detail && (
          <p dir="auto" lang={words.detailLang} className="text-sm break-words text-muted">
            {words.detail}
          </p>
        )}
      </div>
    </>
  );
}
