import { useTranslation } from 'react-i18next';

import { useCurrentUser } from '@/shared/hooks/useCurrentUser';
import { ReportPdf } from '@/shared/reports/ReportPdf';
import type { BroughtProof } from '@/shared/singleSignOn';
import { Section } from '@/shared/ui/Section';

import type { Report } from '../api';
import type { Reading } from '../reading';
import { AddendumSection } from './AddendumSection';
import { Done } from './Done';
import { Leftover } from './Leftover';
import { NextStudy } from './NextStudy';
import { SidePanel } from './SidePanel';
import { StudyBar } from './StudyBar';
import { TwoColumns } from './TwoColumns';
import { VersionList } from './VersionList';

interface Props {
  reading: Reading;
  report: Report;
  isNew: boolean;
  brought: BroughtProof | null;
}

/** A study that is read. The report stays as it is; what is still to be said is added to it. */
export function FinalView({ reading, report, isNew, brought }: Props) {
  const { t } = useTranslation('reading');
  const isReader = useCurrentUser()?.role === 'radiologist';
  return (
    <div className="flex flex-col gap-5">
      <StudyBar report={report} />
      <TwoColumns side={<SidePanel report={report} />}>
        {isNew && (
          <Done
            key={report.revision}
            title={t('final.signedTitle')}
            detail={t('final.signedDetail')}
          >
            <NextStudy />
          </Done>
        )}
        <Leftover reportId={report.id} />
        {report.pdf_url !== null && (
          <Section title={t('final.title')}>
            <p className="text-sm text-muted">
              {report.signed_at ? t('final.locked') : t('final.elsewhere')}
            </p>
            <div>
              <ReportPdf key={report.updated_at} report={report} />
            </div>
          </Section>
        )}
        {isReader && report.signed_at && (
          <AddendumSection reading={reading} report={report} brought={brought} />
        )}
        {report.versions.length > 0 && <VersionList report={report} />}
      </TwoColumns>
    </div>
  );
}
