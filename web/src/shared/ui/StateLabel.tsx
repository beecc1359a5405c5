import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { classes } from './classes';
import { softTone, type Tone } from './tone';

interface Props {
  tone: Tone;
  icon: LucideIcon;
  children: ReactNode;
}

/** A state in words, with an icon and a colour that repeat it. */
export function StateLabel({ tone, icon: Icon, children }: Props) {
  return (
    <span
      className={classes(
        'inline-flex max-w-full items-center gap-1.5 rounded-md px-2 py-0.5 text-sm font-medium',
        softTone[tone],
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <span className="min-w-0">{children}</span>
    </span>
  );
}
