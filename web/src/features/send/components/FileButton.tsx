import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { classes } from '@/shared/ui/classes';

interface Props {
  icon: LucideIcon;
  look: 'primary' | 'secondary';
  /** Pick a folder with all that is in it. Not there on phones, which have the attribute and no such dialog. */
  folder?: boolean;
  onPick: (files: FileList) => void;
  children: ReactNode;
}

const LOOKS = {
  primary: 'bg-brand text-on-brand hover:bg-brand-hover',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-sunken',
};

/** The browser's own file input, looking like a large button. */
export function FileButton({ icon: Icon, look, folder = false, onPick, children }: Props) {
  return (
    <label
      className={classes(
        'inline-flex min-h-14 cursor-pointer items-center justify-center gap-2 rounded-control px-6 font-semibold',
        'transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus',
        LOOKS[look],
        folder && 'pointer-coarse:hidden',
      )}
    >
      <input
        type="file"
        multiple
        {...(folder && { webkitdirectory: '' })}
        className="sr-only"
        onChange={({ target }) => {
          if (target.files?.length) onPick(target.files);
          target.value = ''; // so that the same files can be picked again
        }}
      />
      <Icon aria-hidden className="size-5 shrink-0" />
      {children}
    </label>
  );
}
