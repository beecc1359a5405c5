import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Button } from '@/shared/ui/Button';
import { CopyButton } from '@/shared/ui/CopyButton';

import type { OneTimeLink } from '../api';

interface Props {
  link: OneTimeLink;
  title: string;
  /** 2 where no other heading stands between it and the page's. */
  level?: 2 | 3;
  /** What whoever has it can do with it. */
  detail: string;
  done: string;
  onDone: () => void;
}

/** A link that works once, to be handed on. The gateway never shows it again. */
export function OneTimeLinkCard({ link, title, level = 3, detail, done, onDone }: Props) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const Heading = level === 2 ? 'h2' : 'h3';
  // The gateway knows its own address only where it was told.
  const address = new URL(link.url, window.location.origin).href;

  return (
    <div className="flex flex-col gap-4 rounded-card bg-caution-soft p-4">
      <div className="flex flex-col gap-1 text-caution">
        <Heading ref={heading} tabIndex={-1} className="font-semibold outline-none">
          {title}
        </Heading>
        <p className="max-w-prose text-sm">
          {detail} {t('link.once')}
        </p>
      </div>
      <code
        dir="ltr"
        aria-label={t('link.address')}
        className="rounded-control bg-surface p-3 text-sm break-all select-all rtl:text-right"
      >
        {address}
      </code>
      <p className="text-sm text-caution">
        {t('link.goodUntil')}{' '}
        <time dateTime={link.expires_at} className="font-semibold">
          {format.dateTime(link.expires_at)}
        </time>
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <CopyButton text={address} label={t('link.copy')} />
        <Button look="primary" onClick={onDone}>
          {done}
        </Button>
      </div>
    </div>
  );
}
