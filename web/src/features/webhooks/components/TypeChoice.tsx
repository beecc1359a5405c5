import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import type { Type } from '../api';
import { useTypeName } from '../hooks/useTypeName';
import { TYPES } from '../webhooks';

interface Props {
  chosen: ReadonlySet<Type>;
  error: string | undefined;
  onChange: (chosen: ReadonlySet<Type>) => void;
}

/** Of what a webhook is told. */
export function TypeChoice({ chosen, error, onChange }: Props) {
  const { t } = useTranslation('webhooks');
  const nameOf = useTypeName();
  const id = useId();
  const toggle = (type: Type) => {
    const next = new Set(chosen);
    if (!next.delete(type)) next.add(type);
    onChange(next);
  };
  return (
    <fieldset className="min-w-0" aria-describedby={error && id}>
      <legend className="mb-1.5 text-sm font-semibold">{t('form.types')}</legend>
      <div className="grid gap-x-6 sm:grid-cols-2">
        {TYPES.map((type) => (
          <label key={type} className="flex min-h-11 cursor-pointer items-center gap-3 text-sm">
            <input
              type="checkbox"
              checked={chosen.has(type)}
              aria-invalid={error ? true : undefined}
              onChange={() => toggle(type)}
              className="size-5 shrink-0 accent-brand"
            />
            <span className="min-w-0">{nameOf(type)}</span>
          </label>
        ))}
      </div>
      {error && (
        <p id={id} className="mt-1.5 text-sm font-medium text-critical">
          {error}
        </p>
      )}
    </fieldset>
  );
}
