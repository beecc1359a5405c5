/*
 * The codes that this app has words for. The gateway may learn more of them: those are shown as they are, and
 * docs/errors.md says what they mean.
 */

export const UPLOAD_FAILURES = ['rejected', 'duplicate', 'cancelled', 'expired'] as const;

export const INSTANCE_FAILURES = [
  'zip-broken',
  'zip-split',
  'zip-too-many-members',
  'zip-bomb',
  'zip-without-dicom',
  'zip-encrypted',
  'check-timed-out',
  'check-failed',
  'damaged-in-storage',
  'member-encrypted',
  'member-method',
  'member-broken',
  'member-path',
  'member-overlaps',
  'nested-archive',
  'not-dicom',
  'archive-unsupported',
  'empty-file',
  'truncated',
  'transfer-syntax-missing',
  'transfer-syntax-unknown',
  'transfer-syntax-differs',
  'element-broken',
  'element-repeated',
  'sequence-broken',
  'nested-too-deep',
  'too-many-elements',
  'trailing-data',
  'deflate-broken',
  'decompression-bomb',
  'uid-missing',
  'uid-illegal',
  'pixels-missing',
  'pixels-broken',
  'pixels-undescribed',
  'pixels-too-short',
  'pixels-too-long',
  'frames-missing',
] as const;
