import type { ComponentProps, ReactNode } from 'react';

import { CONTROL, FieldFrame, type FieldTexts } from './FieldFrame';

interface Props extends ComponentProps<'input'>, FieldTexts {
  /** What stands behind the input, such as a button that acts on it. */
  beside?: ReactNode;
}

/** A labelled text input; its hint and error are read out with it. */
export function Field({ label, hint, error, beside, ...input }: Props) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(tied) => (
        <div className="flex gap-2">
          <input {...input} {...tied} className={CONTROL} />
          {beside}
        </div>
      )}
    </FieldFrame>
  );
}
