import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm, type Form } from '@/shared/hooks/useForm';

import { createSite, fetchSite, isStale, renameSite, type Site } from '../api';
import { saidInWords } from '../refusals';

interface SiteForm extends Form<'name'> {
  /** What somebody else has called it since the list was loaded. */
  conflict: Site | null;
  /** Save once more, in the place of what somebody else has made of it. */
  saveOver: (seen: Site) => void;
}

/** The name of a site: of one that is there, or of a new one (null). */
export function useSiteForm(site: Site | null, onSaved: (site: Site) => void): SiteForm {
  const { t } = useTranslation('people');
  const [conflict, setConflict] = useState<Site | null>(null);
  const seen = useRef(site);
  const form = useForm({
    initial: { name: site?.name ?? '' },
    places: { 'site-name-taken': 'name' },
    send: (values) =>
      saidInWords(t, async () => {
        setConflict(null);
        const name = values.name.trim();
        const saved = await save(seen.current, name);
        if (saved.name === name) onSaved(saved);
        else setConflict(saved);
      }),
  });
  return {
    ...form,
    conflict,
    saveOver: (other) => {
      seen.current = other;
      form.form.ref.current?.requestSubmit();
    },
  };
}

/** Return the site as it is then: with this name, or with the one that somebody else has given it meanwhile. */
async function save(site: Site | null, name: string): Promise<Site> {
  if (!site) return createSite(name);
  try {
    return await renameSite(site, name);
  } catch (error) {
    if (!isStale(error)) throw error;
    return fetchSite(site.id);
  }
}
