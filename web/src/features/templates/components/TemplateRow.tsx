import { Copy, Pencil, Trash2, type LucideIcon } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { Button, buttonLook } from '@/shared/ui/Button';
import { Switch } from '@/shared/ui/Switch';

import type { Template } from '../api';
import { useModalityName } from '../hooks/useModalityName';

interface Props {
  template: Template;
  busy: boolean;
  onShare: (isShared: boolean) => void;
  onDelete: () => void;
}

/** One template, and what the person may do with it. */
export function TemplateRow({ template, busy, onShare, onDelete }: Props) {
  const { t } = useTranslation('templates');
  const user = useCurrentUser();
  const id = useId();
  const { name } = template;
  const mayChange = template.is_mine || user?.role === 'admin';
  return (
    <li
      aria-labelledby={id}
      aria-busy={busy}
      className="flex flex-col gap-3 p-4 lg:flex-row lg:items-start lg:justify-between lg:gap-6"
    >
      <Summary template={template} headingId={id} />
      <div className="flex shrink-0 flex-col gap-2 lg:w-96">
        {mayChange && (
          <Switch label={t('row.share')} checked={template.is_shared} onChange={onShare} />
        )}
        <div className="flex flex-wrap gap-2 lg:justify-end">
          {mayChange && (
            <Way
              icon={Pencil}
              to={`/templates/${template.id}`}
              label={t('row.editNamed', { name })}
            >
              {t('row.edit')}
            </Way>
          )}
          {user?.role === 'radiologist' && (
            <Way
              icon={Copy}
              to={`/templates/new?from=${template.id}`}
              label={t('row.copyNamed', { name })}
            >
              {t('row.copy')}
            </Way>
          )}
          {mayChange && (
            <Button busy={busy} onClick={onDelete} aria-label={t('row.deleteNamed', { name })}>
              <Trash2 aria-hidden className="size-4" />
              {t('row.delete')}
            </Button>
          )}
        </div>
      </div>
    </li>
  );
}

function Summary({ template, headingId }: { template: Template; headingId: string }) {
  const { t } = useTranslation('templates');
  const nameOf = useModalityName();
  const text = [template.findings, template.impression, template.recommendation].find(Boolean);
  return (
    <div className="flex min-w-0 grow flex-col gap-1">
      <h3
        id={headingId}
        dir="auto"
        className="font-semibold break-words ltr:text-left rtl:text-right"
      >
        {template.name}
      </h3>
      <p className="text-sm text-muted">
        <bdi>{nameOf(template.modality)}</bdi>
        {' · '}
        <bdi>{template.body_part ?? t('anyBodyPart')}</bdi>
        {!template.is_mine && (
          <>
            {' · '}
            {t('row.by', { name: template.owner })}
          </>
        )}
      </p>
      {text && (
        <p dir="auto" className="line-clamp-2 text-sm break-words ltr:text-left rtl:text-right">
          {text}
        </p>
      )}
    </div>
  );
}

interface WayProps {
  icon: LucideIcon;
  to: string;
  label: string;
  children: ReactNode;
}

function Way({ icon: Icon, to, label, children }: WayProps) {
  return (
    <Link to={to} aria-label={label} className={buttonLook('secondary')}>
      <Icon aria-hidden className="size-4" />
      {children}
    </Link>
  );
}
