import { FileQuestion } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { useLoaded } from '@/shared/hooks/useLoaded';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PageHeading } from '@/shared/ui/PageHeading';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { fetchTemplates, isForbidden, type Template } from '../api';
import { NoTemplates } from '../components/NoTemplates';
import { TemplateEditor } from '../components/TemplateEditor';
import { EMPTY, LIMITS, valuesOf } from '../words';

/** Where a template is written: a new one, a copy of one that is there, or one that is to be changed. */
export default function TemplatePage() {
  const { templateId = null } = useParams();
  const [address] = useSearchParams();
  const from = address.get('from');
  return <CurrentTemplate key={templateId ?? from} templateId={templateId} from={from} />;
}

interface Props {
  /** The one to be changed; null: a new one. */
  templateId: string | null;
  /** What a new one is a copy of. */
  from: string | null;
}

function CurrentTemplate({ templateId, from }: Props) {
  const { t } = useTranslation('templates');
  const { value: templates, error, reload } = useLoaded(fetchTemplates);
  const isAdmin = useCurrentUser()?.role === 'admin'; // he changes what is shared, and makes none
  const isNew = templateId === null;
  if (isForbidden(error) || (isAdmin && isNew)) return <NoTemplates />;

  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={isNew ? t('new') : t('edit')} />
      {templates ? (
        <Begun templates={templates} sought={templateId ?? from} isNew={isNew} />
      ) : (
        <Waiting error={error} onRetry={reload} />
      )}
    </div>
  );
}

function Waiting({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return error ? <ProblemAlert error={error} onRetry={onRetry} /> : <RowsSkeleton rows={4} />;
}

interface BegunProps {
  templates: Template[];
  sought: string | null;
  isNew: boolean;
}

function Begun({ templates, sought, isNew }: BegunProps) {
  const found = templates.find(({ id }) => id === sought) ?? null;
  if (sought && !found) return <NoSuchTemplate />;
  return <Writing template={found} isNew={isNew} />;
}

/** What is written is the person's from now on, whatever the list says when it is loaded again. */
function Writing({ template, isNew }: { template: Template | null; isNew: boolean }) {
  const { t } = useTranslation('templates');
  const [base, setBase] = useState(template);
  const values = base ? valuesOf(base) : EMPTY;
  // The name is kept, not only shown: without the marks that keep a sentence from turning round.
  const name = t('copyOf', { name: values.name, interpolation: { escapeValue: false } });
  const copied = { ...values, name: name.slice(0, LIMITS.name) };
  return (
    <TemplateEditor
      key={base?.revision}
      template={isNew ? null : base}
      initial={isNew && base ? copied : values}
      onTake={setBase}
    />
  );
}

function NoSuchTemplate() {
  const { t } = useTranslation('templates');
  return (
    <EmptyState icon={FileQuestion} title={t('notFound.title')}>
      <p>{t('notFound.detail')}</p>
      <Link
        to="/templates"
        className="inline-flex min-h-11 items-center font-medium text-brand underline"
      >
        {t('notFound.back')}
      </Link>
    </EmptyState>
  );
}
