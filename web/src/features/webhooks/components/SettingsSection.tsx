import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import { toasts } from '@/shared/toasts';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import { changeWebhook, fetchWebhook, isStale, type Webhook } from '../api';
import { useTypeName } from '../hooks/useTypeName';
import { useWebhookForm } from '../hooks/useWebhookForm';
import { saysTheSame, valuesOf } from '../webhooks';
import { TypeChoice } from './TypeChoice';

interface Props {
  /** As the gateway has it now. */
  webhook: Webhook;
  onChanged: (webhook: Webhook) => void;
}

/** Its address, and of what it is told. */
export function SettingsSection({ webhook, onChanged }: Props) {
  const { t } = useTranslation('webhooks');
  const [base, setBase] = useState(webhook);
  const take = (other: Webhook) => {
    setBase(other);
    onChanged(other);
  };
  return (
    <Section title={t('form.title')}>
      <Editor key={base.version} base={base} now={webhook} onTake={take} />
    </Section>
  );
}

interface EditorProps {
  /** What the fields began with. */
  base: Webhook;
  now: Webhook;
  /** Begin anew with this. */
  onTake: (webhook: Webhook) => void;
}

function Editor({ base, now, onTake }: EditorProps) {
  const { t } = useTranslation('webhooks');
  const [conflict, setConflict] = useState<Webhook | null>(null);
  const { form, field, values, types, typesError, setTypes, busy, error } = useWebhookForm({
    site: base.site_id,
    url: base.url,
    types: new Set(base.types),
    send: async ({ url, types: chosen }) => {
      // Turned on or off is no other address: only what is edited here can be in somebody's way.
      const seen = saysTheSame(valuesOf(now), valuesOf(base)) ? now : base;
      setConflict(await save(conflict ?? seen, { url, types: chosen }));
    },
  });
  const mine = { url: values.url, types };
  const isChanged = !saysTheSame(mine, valuesOf(base));
  useUnloadWarning(isChanged);

  /** Returns what is there instead where somebody else has changed it, unless that is the same. */
  async function save(on: Webhook, wanted: Pick<Webhook, 'url' | 'types'>) {
    try {
      onTake(await changeWebhook(on, wanted));
      toasts.show({ tone: 'positive', title: t('form.saved') });
      return null;
    } catch (failure) {
      if (!isStale(failure)) throw failure;
      const { webhook: other } = await fetchWebhook(on.id, new AbortController().signal);
      if (!saysTheSame({ url: wanted.url, types: new Set(wanted.types) }, valuesOf(other))) {
        return other;
      }
      onTake(other); // an answer to an earlier attempt was lost
      return null;
    }
  }

  return (
    <>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
      {conflict && <Conflict other={conflict} onTake={() => onTake(conflict)} />}
      <form {...form} className="flex max-w-3xl flex-col gap-4">
        <Field
          label={t('column.address')}
          hint={t('form.addressHint')}
          type="url"
          inputMode="url"
          dir="ltr"
          autoComplete="off"
          maxLength={1000}
          {...field('url')}
        />
        <TypeChoice chosen={types} error={typesError} onChange={setTypes} />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={busy} disabled={!isChanged && !conflict}>
            {conflict ? t('conflict.over') : t('form.save')}
          </Button>
        </div>
      </form>
    </>
  );
}

/** What somebody else has made of it, beside what is in the fields. */
function Conflict({ other, onTake }: { other: Webhook; onTake: () => void }) {
  const { t } = useTranslation('webhooks');
  const nameOf = useTypeName();
  return (
    <Alert
      assertive
      tone="caution"
      title={t('conflict.title')}
      action={<Button onClick={onTake}>{t('conflict.take')}</Button>}
    >
      <p>{t('conflict.detail')}</p>
      <p dir="ltr" className="font-medium break-all rtl:text-right">
        {other.url}
      </p>
      <p>{other.types.map(nameOf).join(' · ')}</p>
    </Alert>
  );
}
