import { useState, type ChangeEvent, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { isPosition, type AuditFilter } from '../filter';

export interface FilterForm {
  field: (name: keyof AuditFilter) => {
    name: keyof AuditFilter;
    value: string;
    error: string | undefined;
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void;
  };
  onSubmit: (event: SubmitEvent) => void;
}

/** What is chosen and not shown yet; it gives way to a filter that comes from elsewhere. */
export function useFilterForm(
  filter: AuditFilter,
  onChange: (filter: AuditFilter) => void,
): FilterForm {
  const { t } = useTranslation('audit');
  const [seen, setSeen] = useState(filter);
  const [values, setValues] = useState(filter);
  const [isWrong, setIsWrong] = useState(false);
  if (filter !== seen) {
    setSeen(filter);
    setValues(filter);
    setIsWrong(false);
  }

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const upTo = values.upTo.trim();
    const fits = !upTo || isPosition(upTo);
    setIsWrong(!fits);
    if (fits) onChange(values);
  };
  const field: FilterForm['field'] = (name) => ({
    name,
    value: values[name],
    error: name === 'upTo' && isWrong ? t('filter.upToWrong') : undefined,
    onChange: ({ target }) => setValues((before) => ({ ...before, [name]: target.value })),
  });
  return { field, onSubmit };
}
