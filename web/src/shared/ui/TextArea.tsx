import type { ComponentProps } from 'react';

import { CONTROL, FieldFrame, type FieldTexts } from './FieldFrame';
import { classes } from './classes';

type Props = ComponentProps<'textarea'> & FieldTexts;

/** A labelled field for text of several lines. */
export function TextArea({ label, hint, error, ...area }: Props) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(tied) => <textarea rows={4} {...area} {...tied} className={classes(CONTROL, 'py-2')} />}
    </FieldFrame>
  );
}
