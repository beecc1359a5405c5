interface Props {
  value: number;
  max: number;
  label: string;
}

export function Progress({ value, max, label }: Props) {
  return (
    <progress
      value={max > 0 ? value : 0}
      max={Math.max(max, 1)}
      aria-label={label}
      className="block h-1.5 w-full appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-brand [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-brand"
    />
  );
}
