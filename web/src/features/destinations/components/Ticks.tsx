export interface Tick<Value extends string> {
  value: Value;
  name: string;
}

interface Props<Value extends string> {
  legend: string;
  hint: string;
  ticks: readonly Tick<Value>[];
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
}

/** Any number of a few, each with a box to tick. */
export function Ticks<Value extends string>({
  legend,
  hint,
  ticks,
  chosen,
  onChange,
}: Props<Value>) {
  return (
    <fieldset className="min-w-0">
      <legend className="text-sm font-semibold">{legend}</legend>
      <div className="flex flex-wrap gap-x-6">
        {ticks.map(({ value, name }) => (
          <label
            key={value}
            className="flex min-h-11 min-w-0 cursor-pointer items-center gap-2 text-sm"
          >
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={({ target }) =>
                onChange(
                  target.checked ? [...chosen, value] : chosen.filter((each) => each !== value),
                )
              }
              className="size-5 shrink-0 accent-brand"
            />
            <bdi className="min-w-0 break-words">{name}</bdi>
          </label>
        ))}
      </div>
      <p className="text-sm text-muted">{hint}</p>
    </fieldset>
  );
}
