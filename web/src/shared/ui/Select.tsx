import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';

import { CONTROL, FieldFrame, type FieldTexts } from './FieldFrame';
import { classes } from './classes';

type Props = ComponentProps<'select'> & FieldTexts;

/** A labelled choice out of a list; the options are its children. */
export function Select({ label, hint, error, ...select }: Props) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(tied) => (
        <div className="relative flex">
          <select
            {...select}
            {...tied}
            className={classes(CONTROL, 'w-full appearance-none truncate pe-10')}
          />
          <ChevronDown
            aria-hidden
            className="pointer-events-none absolute inset-y-0 end-3 my-auto size-4 text-muted"
          />
        </div>
      )}
    </FieldFrame>
  );
}
