import { compareTexts, type Order } from '@/shared/listing';

import type { Upload } from './api';

/** Newest first: ids are ordered by time (UUID of version 7), also as text. */
export const NEWEST_FIRST: Order<Upload> = {
  keyOf: ({ upload_id: id }) => id,
  compare: (first, second) => compareTexts(second.upload_id, first.upload_id),
};
