import type { ComponentProps } from 'react';

import { classes } from './classes';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

const looks: Record<Look, string> = {
  primary: 'bg-brand text-on-brand hover:bg-brand-hover',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-sunken',
  quiet: 'text-ink hover:bg-sunken',
  danger: 'bg-critical text-surface hover:opacity-90',
};

/** The look of a button for what is none, such as a link to a file. */
export function buttonLook(look: Look, className?: string): string {
  return classes(
    'inline-flex min-h-11 items-center justify-center gap-2 rounded-control px-4 text-sm font-semibold',
    'transition-colors aria-disabled:cursor-progress aria-disabled:opacity-70',
    'disabled:cursor-not-allowed disabled:opacity-60',
    looks[look],
    className,
  );
}

interface Props extends ComponentProps<'button'> {
  look?: Look;
  /** Work is under way: the button stays focusable, says so, and takes no second press. */
  busy?: boolean;
}

export function Button({
  look = 'secondary',
  busy = false,
  type = 'button',
  className,
  onClick,
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={buttonLook(look, className)}
    />
  );
}
