import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { Alert } from '@/shared/ui/Alert';

import { useShownUpload } from './UploadProgress';

/** Codes that have words of their own; of others the gateway's sentence is shown. */
const KNOWN = [
  'bytes-lost',
  'packing-interrupted',
  'duplicate',
  'duplicate-study',
  'rejected',
  'no-acceptable-instance',
  'cancelled',
  'expired',
  'upload-gone',
  'too-many-open-uploads',
  'nothing-asked',
] as const;

type Known = (typeof KNOWN)[number];

/** Why it stands still and what to do about it; what the gateway wants known of it; the way to its proof. */
export function QueueProblem() {
  const { t } = useTranslation('queue');
  const { consignment, state } = useShownUpload();
  const { problem, progress } = consignment;
  return (
    <>
      {consignment.reportId && <WayBack reportId={consignment.reportId} />}
      {problem && (
        <Alert tone={state === 'duplicate' ? 'caution' : 'critical'} title={t(`state.${state}`)}>
          <p className="break-words">
            {isKnown(problem.code)
              ? t(`problem.${problem.code}`)
              : problem.detail || t('problem.unexpected')}
          </p>
        </Alert>
      )}
      {state === 'held' && <p className="text-sm">{t('heldHint')}</p>}
      {progress !== null && progress.warnings.length > 0 && (
        <ul className="flex list-disc flex-col gap-0.5 ps-5 text-sm text-caution">
          {progress.warnings.map((warning, index) => (
            <li key={index} className="break-words">
              {warning.detail}
            </li>
          ))}
        </ul>
      )}
      <Proof />
    </>
  );
}

function isKnown(code: string): code is Known {
  return (KNOWN as readonly string[]).includes(code);
}

/** The way back to the report whose question it answers. */
function WayBack({ reportId }: { reportId: string }) {
  const { t } = useTranslation('queue');
  return (
    <Link
      to={`/reports/${reportId}`}
      className="inline-flex min-h-11 items-center self-start text-sm font-medium text-brand hover:underline"
    >
      {t('openReport')}
    </Link>
  );
}

/** Whether the copy on this device may go, and where the receipt is. */
function Proof() {
  const { t } = useTranslation('queue');
  const { consignment } = useShownUpload();
  const { uploadId, progress, state } = consignment;
  if (uploadId === null || progress === null) return null;
  return (
    <div className="flex flex-col gap-1 text-sm">
      {state === 'done' && (
        <p className={progress.safeToDelete ? 'font-medium text-positive' : 'text-muted'}>
          {t(progress.safeToDelete ? 'safeToDelete' : 'notYetSafeToDelete')}
        </p>
      )}
      <Link
        to={`/uploads/${progress.duplicateOf ?? uploadId}`}
        className="inline-flex min-h-9 items-center self-start font-medium text-brand hover:underline"
      >
        {t(linkOf(progress))}
      </Link>
    </div>
  );
}

function linkOf(progress: { duplicateOf: string | null; hasReceipt: boolean }) {
  if (progress.duplicateOf) return 'openEarlier';
  return progress.hasReceipt ? 'openReceipt' : 'openUpload';
}
