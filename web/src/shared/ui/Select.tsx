import type { ComponentProps } from 'react';

import { CONTROL, FieldFrame, type FieldTexts } from './FieldFrame';

type Props = ComponentProps<'select'> & FieldTexts;

/** A labelled choice out of a list; the options are its children. */
export function Select({ label, hint, error, ...select }: Props) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(tied) => <select {...select} {...tied} className={CONTROL} />}
    </FieldFrame>
  );
}
