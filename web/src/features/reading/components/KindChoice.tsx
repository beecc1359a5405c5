import { useTranslation } from 'react-i18next';

import type { SignatureKind } from '../api';

const KINDS = ['final', 'preliminary'] as const satisfies readonly SignatureKind[];

interface Props {
  kind: SignatureKind;
  onChange: (kind: SignatureKind) => void;
}

/** A final report is the end of writing; a preliminary one may be followed by others. */
export function KindChoice({ kind, onChange }: Props) {
  const { t } = useTranslation('reading');
  const wordsOf = (one: SignatureKind) => (
    <>
      <span className="block font-semibold">{t(`kind.${one}`)}</span>
      <span className="block text-muted">{t(`sign.kindHint.${one}`)}</span>
    </>
  );
  return (
    <fieldset>
      <legend className="mb-1.5 font-semibold">{t('sign.kind')}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {KINDS.map((one) => (
          <label
            key={one}
            className="flex min-h-11 cursor-pointer items-start gap-2 rounded-control border border-line-strong bg-surface px-3 py-2 has-checked:border-brand has-checked:bg-active-soft has-checked:ring-1 has-checked:ring-brand has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name="kind"
              value={one}
              checked={one === kind}
              onChange={() => onChange(one)}
              className="mt-0.5 size-5 shrink-0 accent-brand outline-none"
            />
            <span className="min-w-0">{wordsOf(one)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
