import { useListing, withKept, type ShownListing } from '@/shared/hooks/useListing';

import { fetchUploads, type Upload } from '../api';
import { queryOf } from '../filter';
import { NEWEST_FIRST } from '../listing';
import type { Question } from '../question';
import { isUnderWay } from '../state';

import { useKeepListing, useKeptListing } from './useKeptListing';

const BUSY_MS = 4_000;
const CALM_MS = 30_000;

/** The uploads that are the answer to a question, kept up to date. Mount it anew for another question. */
export function useUploads(question: Question): ShownListing<Upload> {
  const loaded = useListing({
    fetchPage: (page, signal) =>
      fetchUploads({ ...queryOf(question.filter, new Date()), ...page }, question.words, signal),
    order: NEWEST_FIRST,
    moves: isUnderWay,
    freshMs: (uploads) => (uploads.some(isUnderWay) ? BUSY_MS : CALM_MS),
  });
  useKeepListing(question, loaded.listing);
  return withKept(loaded, useKeptListing(question, loaded.isSilent));
}
