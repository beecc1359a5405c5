import { useId, type ReactNode } from 'react';

interface Props {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** Something that is on or off, and takes effect at once. */
export function Switch({ label, hint, checked, onChange }: Props) {
  const id = useId();
  return (
    <div>
      <label className="flex min-h-11 cursor-pointer items-center justify-between gap-4">
        <span className="text-sm font-semibold">{label}</span>
        <input
          type="checkbox"
          role="switch"
          checked={checked}
          aria-describedby={hint ? id : undefined}
          onChange={({ target }) => onChange(target.checked)}
          className="peer sr-only"
        />
        <SwitchTrack />
      </label>
      {hint && (
        <p id={id} className="max-w-prose text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What a switch looks like; it stands behind its input, which has the class `peer` and is not seen. */
export function SwitchTrack() {
  return (
    <span
      aria-hidden
      className="flex h-7 w-12 shrink-0 items-center rounded-full border border-line-strong bg-sunken p-0.5 outline-offset-2 outline-focus transition-colors peer-checked:border-brand peer-checked:bg-brand peer-focus-visible:outline-2 before:size-5 before:rounded-full before:bg-line-strong before:transition-transform peer-checked:before:translate-x-5 peer-checked:before:bg-on-brand peer-checked:rtl:before:-translate-x-5"
    />
  );
}
