import { ArrowLeft, FileQuestion } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';

import { EmptyState } from '@/shared/ui/EmptyState';
import { Freshness } from '@/shared/ui/Freshness';
import { PageHeading } from '@/shared/ui/PageHeading';
import { PatientName } from '@/shared/ui/PatientName';
import { ServiceLevel } from '@/shared/ui/ServiceLevel';
import { PageSkeleton } from '@/shared/ui/Skeleton';

import type { Upload } from '../api';
import { DecisionPanel } from '../components/DecisionPanel';
import { EarlierUpload } from '../components/EarlierUpload';
import { FileList } from '../components/FileList';
import { InstanceList } from '../components/InstanceList';
import { ReceiptDownload } from '../components/ReceiptDownload';
import { StageSteps } from '../components/StageSteps';
import { StudyFacts } from '../components/StudyFacts';
import { UploadReport } from '../components/UploadReport';
import { UploadStateLabel } from '../components/UploadStateLabel';
import { Warnings } from '../components/Warnings';
import { useUpload } from '../hooks/useUpload';
import { uploadState } from '../state';

export default function UploadPage() {
  const { uploadId = '' } = useParams();
  return <CurrentUpload key={uploadId} uploadId={uploadId} />;
}

function CurrentUpload({ uploadId }: { uploadId: string }) {
  const { t } = useTranslation('uploads');
  const { upload, isMissing, error, asOf, reload } = useUpload(uploadId);

  return (
    <div className="flex flex-col gap-5">
      <Link
        to="/uploads"
        className="inline-flex min-h-9 items-center gap-1.5 self-start text-sm font-medium text-brand hover:underline"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {t('list.back')}
      </Link>
      {isMissing && (
        <EmptyState level={1} icon={FileQuestion} title={t('detail.notFoundTitle')}>
          <p>{t('detail.notFoundDetail')}</p>
        </EmptyState>
      )}
      {!isMissing && <Freshness asOf={asOf} error={error} onRetry={reload} />}
      {upload && <UploadDetails upload={upload} onDecided={reload} />}
      {!upload && !error && <PageSkeleton />}
    </div>
  );
}

function UploadDetails({ upload, onDecided }: { upload: Upload; onDecided: () => void }) {
  const { t } = useTranslation('uploads');
  const { metadata } = upload;
  return (
    <>
      <header className="flex flex-col gap-2">
        {/* The tab's title names no patient: it ends up in histories and task bars. */}
        <PageHeading title={t('detail.study')}>
          <PatientName name={metadata.patient_name} />
        </PageHeading>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
          {/* Somebody who waits hears of each change of state. */}
          <span role="status">
            <UploadStateLabel state={uploadState(upload)} />
          </span>
          <ServiceLevel level={metadata.service_level} />
          {metadata.patient_id && (
            <span className="text-muted">{t('patient.id', { id: metadata.patient_id })}</span>
          )}
        </div>
      </header>
      {upload.held && (
        <DecisionPanel uploadId={upload.upload_id} held={upload.held} onDecided={onDecided} />
      )}
      <StageSteps upload={upload} />
      {upload.report_id && <UploadReport key={upload.report_id} reportId={upload.report_id} />}
      {upload.pacs_receipt_id && <ReceiptDownload upload={upload} />}
      {upload.duplicate_of && <EarlierUpload uploadId={upload.duplicate_of} why="duplicate" />}
      {upload.split_from && <EarlierUpload uploadId={upload.split_from} why="split" />}
      <Warnings warnings={upload.warnings} />
      <StudyFacts upload={upload} />
      {upload.files.length > 0 && <FileList files={upload.files} />}
      <InstanceList upload={upload} />
    </>
  );
}
