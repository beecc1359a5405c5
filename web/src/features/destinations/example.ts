import type { ServiceLevel } from '@/shared/preferences';

import type { Candidate, Example } from './api';
import { wordsIn } from './values';

/** What is tried: a study that is described, or one that was received. */
export interface Trial {
  /** Empty: the study is described. */
  uploadId: string;
  modalities: string;
  stations: string;
  level: ServiceLevel;
  siteId: string;
}

export const FIRST: Trial = {
  uploadId: '',
  modalities: 'CT',
  stations: '',
  level: 'routine',
  siteId: '',
};

export function exampleOf(trial: Trial, candidate: Candidate | null): Example {
  const rest = candidate && { candidate };
  if (trial.uploadId) return { upload_id: trial.uploadId, ...rest };
  return {
    study: {
      modalities: wordsIn(trial.modalities),
      stations: wordsIn(trial.stations),
      service_level: trial.level,
      site_id: trial.siteId,
    },
    ...rest,
  };
}
