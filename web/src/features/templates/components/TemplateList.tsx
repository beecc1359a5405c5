import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { Alert } from '@/shared/ui/Alert';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { isStale, type Template } from '../api';
import type { Templates } from '../hooks/useTemplates';

import { TemplateRow } from './TemplateRow';
import { TemplateSection } from './TemplateSection';

interface Props {
  list: Templates;
  /** Those of the list that are to be shown. */
  shown: Template[];
  isNarrowed: boolean;
}

/** The person's own templates, and those that colleagues share. */
export function TemplateList({ list, shown, isNarrowed }: Props) {
  const { t } = useTranslation('templates');
  const user = useCurrentUser();
  const [doomed, setDoomed] = useState<Template | null>(null);
  const confirm = async (template: Template) => {
    await list.remove(template);
    setDoomed(null);
  };
  const rows = (templates: Template[]) =>
    templates.map((template) => (
      <TemplateRow
        key={template.id}
        template={template}
        busy={list.busy === template.id}
        onShare={(isShared) => void list.share(template, isShared)}
        onDelete={() => setDoomed(template)}
      />
    ));

  return (
    <>
      {isStale(list.failure) ? (
        <Alert assertive tone="caution" title={t('conflict.title')}>
          <p>{t('conflict.listDetail')}</p>
        </Alert>
      ) : (
        Boolean(list.failure) && <ProblemAlert assertive error={list.failure} />
      )}
      {user?.role !== 'admin' && (
        <TemplateSection
          title={t('mine.title')}
          empty={isNarrowed ? t('noneFits') : t('mine.empty')}
        >
          {rows(shown.filter((template) => template.is_mine))}
        </TemplateSection>
      )}
      <TemplateSection
        title={t('shared.title')}
        empty={isNarrowed ? t('noneFits') : t('shared.empty')}
      >
        {rows(shown.filter((template) => !template.is_mine))}
      </TemplateSection>
      {doomed && (
        <ConfirmDialog
          danger
          title={t('delete.title', { name: doomed.name })}
          action={t('delete.action')}
          busy={list.busy === doomed.id}
          onConfirm={() => void confirm(doomed)}
          onCancel={() => setDoomed(null)}
        >
          <p>{doomed.is_shared ? t('delete.sharedDetail') : t('delete.detail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
