import type { ReactNode } from 'react';

import { classes } from './classes';
import { softTone, toneIcon, type Tone } from './tone';

interface Props {
  tone: Tone;
  title: string;
  /** Assertive interrupts a screen reader: for what answers the person's own action. */
  assertive?: boolean;
  action?: ReactNode;
  children?: ReactNode;
}

export function Alert({ tone, title, assertive = false, action, children }: Props) {
  const Icon = toneIcon[tone];
  return (
    <div
      role={assertive ? 'alert' : 'status'}
      className={classes('flex items-start gap-3 rounded-card p-4', softTone[tone])}
    >
      <Icon aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="flex min-w-0 grow flex-col gap-1 text-sm">
        <p className="font-semibold">{title}</p>
        {children}
        {action && <div className="mt-2">{action}</div>}
      </div>
    </div>
  );
}
