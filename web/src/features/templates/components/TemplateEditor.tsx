import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import { toasts } from '@/shared/toasts';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import type { Template } from '../api';
import { useTemplateForm } from '../hooks/useTemplateForm';
import type { Values } from '../words';

import { TemplateConflict } from './TemplateConflict';
import { TemplateFields } from './TemplateFields';

interface Props {
  /** Null for a new one. */
  template: Template | null;
  initial: Values;
  /** Begin anew with what somebody else has made of it. */
  onTake: (other: Template) => void;
}

export function TemplateEditor({ template, initial, onTake }: Props) {
  const { t } = useTranslation('templates');
  const navigate = useNavigate();
  const [leaving, setLeaving] = useState(false);
  const leave = () => void navigate('/templates');
  const editor = useTemplateForm(template, initial, () => {
    toasts.show({ tone: 'positive', title: t('saved') });
    leave();
  });
  useUnloadWarning(editor.isChanged);

  return (
    <>
      {Boolean(editor.error) && <ProblemAlert assertive error={editor.error} />}
      {editor.conflict && (
        <TemplateConflict
          other={editor.conflict}
          busy={editor.busy}
          onTake={onTake}
          onOver={editor.saveOver}
        />
      )}
      <form {...editor.form} className="flex max-w-4xl flex-col gap-4">
        <TemplateFields field={editor.field} />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" look="primary" busy={editor.busy}>
            {editor.busy ? t('saving') : t('save')}
          </Button>
          <Button look="quiet" onClick={editor.isChanged ? () => setLeaving(true) : leave}>
            {t('cancel')}
          </Button>
        </div>
      </form>
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
    </>
  );
}
