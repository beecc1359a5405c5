import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Section } from '@/shared/ui/Section';

import type { Destination, Site } from '../api';
import { useDestinationForm, type DestinationForm } from '../hooks/useDestinationForm';
import { candidateOf, type Values } from '../values';

import { ConnectionFields } from './ConnectionFields';
import { DeliveryFields } from './DeliveryFields';
import { DestinationConflict } from './DestinationConflict';
import { RouteTryout } from './RouteTryout';
import { RuleFields } from './RuleFields';
import { TlsFields } from './TlsFields';

interface Props {
  /** Null for a new one. */
  destination: Destination | null;
  initial: Values;
  sites: readonly Site[];
  /** Begin anew with what somebody else has made of it. */
  onTake: (other: Destination) => void;
}

/** Everything about a destination that can be set, and its rule tried before it is saved. */
export function DestinationEditor({ destination, initial, sites, onTake }: Props) {
  const { t } = useTranslation('destinations');
  const navigate = useNavigate();
  const [leaving, setLeaving] = useState(false);
  const leave = () => void navigate('/admin/destinations');
  const editor = useDestinationForm(destination, initial, ({ name }) => {
    toasts.show({ tone: 'positive', title: t('saved', { name }) });
    leave();
  });
  useUnloadWarning(editor.isChanged);
  const candidate = candidateOf(
    { texts: editor.values, marks: editor.marks },
    destination?.id ?? null,
  );

  return (
    <div className="flex max-w-4xl flex-col gap-5">
      {Boolean(editor.error) && <ProblemAlert assertive error={editor.error} />}
      {editor.conflict && (
        <DestinationConflict
          other={editor.conflict}
          busy={editor.busy}
          onTake={onTake}
          onOver={editor.saveOver}
        />
      )}
      <Fields
        destination={destination}
        editor={editor}
        sites={sites}
        onCancel={editor.isChanged ? () => setLeaving(true) : leave}
      />
      <RouteTryout sites={sites} candidate={candidate} />
      {leaving && (
        <ConfirmDialog
          danger
          title={t('discard.title')}
          action={t('discard.action')}
          onConfirm={leave}
          onCancel={() => setLeaving(false)}
        >
          <p>{t('discard.detail')}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

interface FieldsProps {
  destination: Destination | null;
  editor: DestinationForm;
  sites: readonly Site[];
  onCancel: () => void;
}

function Fields({ destination, editor, sites, onCancel }: FieldsProps) {
  const { t } = useTranslation('destinations');
  return (
    <form {...editor.form} className="flex flex-col gap-5">
      <Section title={t('form.connection')}>
        <ConnectionFields form={editor} hasPassword={destination?.has_password ?? false} />
        {editor.values.kind !== 'folder' && (
          <TlsFields form={editor} hasKey={destination?.tls.has_key ?? false} />
        )}
      </Section>
      <Section title={t('form.delivery')}>
        <DeliveryFields form={editor} />
      </Section>
      <Section title={t('rule.title')} intro={t('rule.intro')}>
        <RuleFields form={editor} sites={sites} />
      </Section>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary" busy={editor.busy}>
          {editor.busy ? t('saving') : t('save')}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}
