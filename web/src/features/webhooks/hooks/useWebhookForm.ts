import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm, type Form } from '@/shared/hooks/useForm';

import type { Type } from '../api';

type Name = 'site' | 'url';

interface WebhookForm extends Form<Name> {
  types: ReadonlySet<Type>;
  typesError: string | undefined;
  setTypes: (types: ReadonlySet<Type>) => void;
}

interface Options {
  site: string;
  url: string;
  types: ReadonlySet<Type>;
  send: (values: { site: string; url: string; types: Type[] }) => Promise<void>;
}

/** What is said of a webhook. Without anything to be told of it would never be called, so that is asked for. */
export function useWebhookForm({ site, url, types: initial, send }: Options): WebhookForm {
  const { t } = useTranslation('webhooks');
  const [types, setTypes] = useState(initial);
  const [isAsked, setIsAsked] = useState(false);
  const isMissing = types.size === 0;

  const form = useForm<Name>({
    initial: { site, url },
    places: { 'webhook-address-wrong': 'url', 'unknown-site': 'site' },
    send: (values) => send({ site: values.site, url: values.url.trim(), types: [...types] }),
  });
  return {
    ...form,
    types,
    typesError: isAsked && isMissing ? t('form.typesMissing') : undefined,
    setTypes,
    form: {
      ...form.form,
      onSubmit: (event) => {
        setIsAsked(true);
        if (!isMissing) {
          form.form.onSubmit(event);
          return;
        }
        event.preventDefault();
        if (form.validate()) {
          const boxes = form.form.ref.current?.querySelector<HTMLElement>('[type=checkbox]');
          boxes?.focus();
        }
      },
    },
  };
}
