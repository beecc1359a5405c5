import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Section } from '@/shared/ui/Section';

import type { Report } from '../api';
import { SidePanel } from './SidePanel';
import { StudyBar } from './StudyBar';
import { TwoColumns } from './TwoColumns';
import { VersionList } from './VersionList';
import { WrittenText } from './WrittenText';

interface Props {
  report: Report;
  /** Why nothing can be written, and what can be done. */
  children: ReactNode;
}

/** A study of which everything can be read and nothing written. */
export function ReadOnlyStudy({ report, children }: Props) {
  const { t } = useTranslation('reading');
  const format = useFormat();
  const { draft } = report;
  return (
    <div className="flex flex-col gap-5">
      <StudyBar report={report} />
      <TwoColumns side={<SidePanel report={report} />}>
        {children}
        {draft && (
          <Section title={t('draft.title')}>
            <p className="text-sm text-muted">
              {t('draft.by', { name: draft.author, time: format.dateTime(draft.saved_at) })}
            </p>
            <WrittenText text={draft} />
          </Section>
        )}
        {report.versions.length > 0 && <VersionList report={report} />}
      </TwoColumns>
    </div>
  );
}
