import { useLayoutEffect, useRef, type ComponentProps } from 'react';

import { CONTROL, FieldFrame, type FieldTexts } from '@/shared/ui/FieldFrame';
import { classes } from '@/shared/ui/classes';

type Props = ComponentProps<'textarea'> & FieldTexts & { value: string; className: string };

/** CSS Basic User Interface 4, 4.5: not everywhere yet. */
const GROWS_BY_ITSELF =
  typeof CSS !== 'undefined' && 'supports' in CSS && CSS.supports('field-sizing', 'content');

/** A labelled field that grows with its text, which runs as its first letter does. `className` says how low it may be. */
export function GrowingTextArea({ label, hint, error, className, ...area }: Props) {
  const element = useRef<HTMLTextAreaElement>(null);
  const { value } = area;

  useLayoutEffect(() => {
    const { current } = element;
    if (GROWS_BY_ITSELF || !current) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight + 2}px`;
  }, [value]);

  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(tied) => (
        <textarea
          {...area}
          {...tied}
          ref={element}
          dir="auto"
          className={classes(
            CONTROL,
            'field-sizing-content w-full resize-none py-2 leading-6 rtl:text-start!',
            className,
          )}
        />
      )}
    </FieldFrame>
  );
}
