import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { toasts } from '@/shared/toasts';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { Switch } from '@/shared/ui/Switch';

import type { Report, ReportText } from '../api';
import { bodyPartOf, groupOf, keepTemplate } from '../templates/templates';

const LONGEST_NAME = 100;

interface Props {
  report: Report;
  text: ReportText;
  onClose: () => void;
}

/** Keep the present text for other studies of the kind. Nothing that tells of this patient belongs into it. */
export function KeepTemplate({ report, text, onClose }: Props) {
  const { t } = useTranslation('reading');
  const [isShared, setShared] = useState(false);
  const { findings, impression, recommendation } = text;
  const { form, field, busy, error } = useForm({
    initial: { name: [report.modality, report.body_part].filter(Boolean).join(' ') },
    send: async ({ name }) => {
      await keepTemplate({
        name: name.trim(),
        modality: groupOf(report.modality),
        body_part: bodyPartOf(report.body_part),
        findings,
        impression,
        recommendation,
        is_shared: isShared,
      });
      toasts.show({ tone: 'positive', title: t('template.isKept') });
      onClose();
    },
  });
  return (
    <Dialog title={t('template.keepTitle')} onClose={onClose}>
      <form {...form} className="flex flex-col gap-4">
        <Alert tone="caution" title={t('template.noPatient')} />
        {Boolean(error) && <ProblemAlert assertive error={error} />}
        <Field {...field('name')} label={t('template.name')} dir="auto" maxLength={LONGEST_NAME} />
        <Switch
          label={t('template.share')}
          hint={t('template.shareHint')}
          checked={isShared}
          onChange={setShared}
        />
        <Button type="submit" look="primary" busy={busy}>
          {t('template.keepAct')}
        </Button>
      </form>
    </Dialog>
  );
}
