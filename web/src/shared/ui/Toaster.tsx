import { X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useHeld } from '@/shared/hooks/useHeld';
import { usePageVisible } from '@/shared/hooks/usePageVisible';
import { toasts, type ShownToast } from '@/shared/toasts';

import { Button } from './Button';
import { classes } from './classes';
import { softTone, toneIcon } from './tone';

const LASTS_MS = 8_000;

/**
 * Where toasts are shown, and read out: once on a page. Time stands still for them while somebody points at one, has the
 * focus there, or does not see the page. Those of one person are not for the next: they go with it.
 */
export default function Toaster() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.shown);
  const region = useRef<HTMLDivElement>(null);
  const { isHeld, cameFrom } = useHeld(region);
  const isSeen = usePageVisible();

  const putAway = (id: number) => {
    const cards = [...(region.current?.querySelectorAll<HTMLElement>('[data-toast]') ?? [])];
    const card = cards.find(({ dataset }) => dataset.toast === String(id));
    if (card?.contains(document.activeElement)) {
      // What has the focus goes: it moves on to the next one, or back to where the person came from.
      const next = cards.find((other) => other !== card)?.querySelector('button');
      (next ?? cameFrom() ?? document.getElementById('content'))?.focus();
    }
    toasts.dismiss(id);
  };

  const onEscape = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]')) return;
    const focused = document.activeElement?.closest<HTMLElement>('[data-toast]')?.dataset.toast;
    const id = focused === undefined ? shown.at(-1)?.id : Number(focused);
    if (id !== undefined) putAway(id);
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent) => onEscape(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);

  useEffect(() => toasts.clear, []);

  return (
    <div
      ref={region}
      role="status"
      aria-atomic={false}
      className="pointer-events-none fixed end-4 bottom-[calc(env(safe-area-inset-bottom)+1rem)] z-20 flex w-[calc(100vw-2rem)] max-w-sm flex-col gap-2 max-sm:bottom-[calc(env(safe-area-inset-bottom)+4.25rem)] max-sm:max-w-none"
    >
      {shown.map((toast) => (
        <ToastCard
          key={toast.id}
          toast={toast}
          isPaused={isHeld || !isSeen}
          onPutAway={() => putAway(toast.id)}
        />
      ))}
    </div>
  );
}

interface CardProps {
  toast: ShownToast;
  isPaused: boolean;
  onPutAway: () => void;
}

function ToastCard({ toast, isPaused, onPutAway }: CardProps) {
  const { t } = useTranslation();
  const { id, tone, title, text, link } = toast;
  const Icon = toneIcon[tone];
  const lasts = tone === 'critical';

  useEffect(() => {
    if (isPaused || lasts) return;
    const timer = setTimeout(() => toasts.dismiss(id), LASTS_MS);
    return () => clearTimeout(timer);
  }, [id, isPaused, lasts]);

  return (
    <div
      data-toast={id}
      role={lasts ? 'alert' : undefined}
      className="pointer-events-auto flex items-start gap-3 rounded-card border border-line-strong bg-surface p-3 text-sm shadow-lg transition duration-200 starting:translate-y-2 starting:opacity-0"
    >
      <span className={classes('mt-2 rounded-md p-1', softTone[tone])}>
        <Icon aria-hidden className="size-5" />
      </span>
      <div className={classes('min-w-0 grow pt-2', !link && 'pb-2')}>
        <p dir="auto" className="line-clamp-3 font-semibold break-words">
          {title}
        </p>
        {text && (
          <p dir="auto" className="line-clamp-3 break-words text-muted">
            {text}
          </p>
        )}
        {link && (
          <Link
            to={link.to}
            onClick={onPutAway}
            className="inline-flex min-h-11 items-center font-semibold text-brand underline sm:min-h-8"
          >
            {link.text}
          </Link>
        )}
      </div>
      <Button
        look="quiet"
        aria-label={t('close')}
        onClick={onPutAway}
        className="size-11 shrink-0 px-0!"
      >
        <X aria-hidden className="size-5" />
      </Button>
    </div>
  );
}
