import { ChevronDown } from 'lucide-react';
import { useId, type ReactNode } from 'react';

import { classes } from './classes';

interface Props {
  label: ReactNode;
  open: boolean;
  onToggle: () => void;
  children: ReactNode;
}

/** A part of a page that can be folded away. What is in it stays mounted, so that fields keep what they hold. */
export function Disclosure({ label, open, onToggle, children }: Props) {
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={onToggle}
        className="-mx-2 flex min-h-11 items-center gap-2 self-start rounded-control px-2 text-start text-sm font-semibold hover:bg-sunken"
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
      <div id={id} hidden={!open} className="flex min-w-0 flex-col gap-4">
        {children}
      </div>
    </div>
  );
}
