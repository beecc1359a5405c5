import { ChevronDown } from 'lucide-react';
import { useId, type ReactNode } from 'react';

import { classes } from './classes';

interface Props {
  label: ReactNode;
  open: boolean;
  onToggle: () => void;
  /** Where there is more room it is always open, and nothing is there to fold it. */
  onlyOnPhones?: boolean;
  children: ReactNode;
}

/** A part of a page that can be folded away. What is in it stays mounted, so that fields keep what they hold. */
export function Disclosure({ label, open, onToggle, onlyOnPhones = false, children }: Props) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={onToggle}
        className={classes(
          '-mx-2 flex min-h-11 items-center gap-2 self-start rounded-control px-2 text-start text-sm font-semibold hover:bg-sunken',
          onlyOnPhones && 'sm:hidden',
        )}
      >
        <ChevronDown
          aria-hidden
          className={classes(
            'size-4 shrink-0 transition-transform',
            !open && '-rotate-90 rtl:rotate-90',
          )}
        />
        <span className="min-w-0">{label}</span>
      </button>
      <div
        id={id}
        hidden={!open && !onlyOnPhones}
        className={classes('flex min-w-0 flex-col gap-4', !open && 'max-sm:hidden')}
      >
        {children}
      </div>
    </div>
  );
}
