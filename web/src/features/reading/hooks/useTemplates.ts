import { useEffect, useReducer, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Report } from '../api';
import { loadStarters, type Starter } from '../templates/starters';
import { fetchTemplates, type Template } from '../templates/templates';

interface Templates {
  /** Null until they are here. */
  templates: Template[] | null;
  starters: Starter[];
  error: unknown;
  reload: () => void;
}

/** What a report on this study may begin with; asked for when somebody wants to see it. */
export function useTemplates(report: Report, isWanted: boolean): Templates {
  const { i18n } = useTranslation('reading');
  const [templates, setTemplates] = useState<Template[] | null>(null);
  const [starters, setStarters] = useState<Starter[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [attempt, again] = useReducer((count: number) => count + 1, 0);
  // The study stays the same for as long as it is open, whatever else is learnt about it.
  const [study] = useState(report);

  useEffect(() => {
    if (!isWanted) return;
    const controller = new AbortController();
    const fail = (failure: unknown) => {
      if (!controller.signal.aborted) setError(failure);
    };
    fetchTemplates(study, controller.signal).then(setTemplates, fail);
    return () => controller.abort();
  }, [isWanted, study, attempt]);

  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    loadStarters(study, i18n.language).then(
      (loaded) => {
        if (isCurrent) setStarters(loaded);
      },
      (failure: unknown) => {
        if (isCurrent) setError(failure);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [isWanted, study, i18n.language, attempt]);

  return {
    templates,
    starters,
    error,
    reload: () => {
      setError(null);
      again();
    },
  };
}
