import type { Instance, Upload } from '@/features/uploads/api';

let made = 0;

/** An upload that is verified in the PACS, unless told otherwise. */
export function makeUpload(changes: Partial<Upload> = {}): Upload {
  made += 1;
  return {
    upload_id: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    status: 'completed',
    stage: 'verified',
    sender: 'Jane Doe',
    site: 'Main site',
    created_at: '2026-01-14T09:30:00Z',
    completed_at: '2026-01-14T09:31:00Z',
    expires_at: '2026-01-15T09:30:00Z',
    study_hash: null,
    chunk_count: 1,
    uploaded_chunks: 1,
    total_bytes: 1_000_000,
    uploaded_bytes: 1_000_000,
    chunk_size: 1_048_576,
    files: [{ file_id: 'a', file_name: 'a.dcm', size: 1_000_000, chunk_count: 1, missing: [] }],
    counts: { instances: 2, accepted: 2, rejected: 0, delivered: 2, verified: 2 },
    warnings: [],
    duplicate_of: null,
    split_from: null,
    report_id: null,
    expected_instances: 2,
    safe_to_delete: false,
    files_removed_at: null,
    origin: 'web',
    source: null,
    pacs_receipt_id: null,
    metadata: {
      patient_name: 'DOE^JANE',
      study_date: '20260114',
      modality: 'CT',
      service_level: 'routine',
    },
    ...changes,
  };
}

/** An upload of which a third has arrived. */
export function makeUploadOnTheWay(changes: Partial<Upload> = {}): Upload {
  return makeUpload({
    status: 'uploading',
    stage: 'receiving',
    uploaded_bytes: 340_000,
    counts: { instances: 0, accepted: 0, rejected: 0, delivered: 0, verified: 0 },
    ...changes,
  });
}

export function makeInstance(changes: Partial<Instance> = {}): Instance {
  return {
    file_name: 'study.zip',
    member: 'IM0001.dcm',
    sop_instance_uid: '1.2.3.4',
    sop_class_uid: '1.2.840.10008.5.1.4.1.1.2',
    transfer_syntax_uid: '1.2.840.10008.1.2.1',
    sha256: 'ab',
    size: 527_000,
    verdict: 'accepted',
    reason: '',
    reason_codes: [],
    outcome: 'verified',
    ...changes,
  };
}
