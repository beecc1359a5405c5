import type { ReactNode } from 'react';

interface Props {
  /** What the decision calls it. */
  name: string;
  chosen: ReadonlySet<string>;
  onToggle: (name: string) => void;
  disabled?: boolean;
  children: ReactNode;
}

/** A thing of a held upload that can be chosen to be left out. */
export function LeaveOut({ name, chosen, onToggle, disabled = false, children }: Props) {
  return (
    <label className="flex min-h-11 items-center gap-3 rounded-control border border-line px-3 py-2">
      <input
        type="checkbox"
        className="size-5 shrink-0 accent-brand"
        checked={chosen.has(name)}
        disabled={disabled}
        onChange={() => onToggle(name)}
      />
      <span className="flex min-w-0 flex-col">{children}</span>
    </label>
  );
}
