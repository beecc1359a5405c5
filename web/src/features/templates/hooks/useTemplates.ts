import { useState } from 'react';

import { useLoaded } from '@/shared/hooks/useLoaded';

import {
  changeTemplate,
  deleteTemplate,
  fetchTemplates,
  isGone,
  isStale,
  type Template,
} from '../api';

export interface Templates {
  templates: Template[] | null;
  error: unknown;
  reload: () => void;
  /** Which one something is being done with. */
  busy: Template['id'] | null;
  /** Why what was asked for last was not done. */
  failure: unknown;
  share: (template: Template, isShared: boolean) => Promise<void>;
  /** Returns whether it is gone. */
  remove: (template: Template) => Promise<boolean>;
}

/** The templates that a person may use, and what can be done with them in the list. */
export function useTemplates(): Templates {
  const { value: templates, error, reload, change } = useLoaded(fetchTemplates);
  const [busy, setBusy] = useState<Templates['busy']>(null);
  const [failure, setFailure] = useState<unknown>(null);

  const attempt = async (template: Template, act: () => Promise<Template | null>) => {
    setBusy(template.id);
    setFailure(null);
    try {
      const now = await act();
      change((templates ?? []).flatMap((one) => (one.id === template.id ? (now ?? []) : one)));
      return true;
    } catch (problem) {
      setFailure(problem);
      if (isStale(problem) || isGone(problem)) reload();
      return false;
    } finally {
      setBusy(null);
    }
  };

  return {
    templates,
    error,
    reload,
    busy,
    failure,
    share: async (template, isShared) => {
      await attempt(template, () => changeTemplate(template, { is_shared: isShared }));
    },
    remove: (template) =>
      attempt(template, async () => {
        await deleteTemplate(template);
        return null;
      }),
  };
}
