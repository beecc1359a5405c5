import type { ScannedStudy } from '../scan/types';
import type { StudyMetadata } from './form';

/** A study that somebody wants to be sent, with what the form says about it. */
export interface ReadyStudy {
  study: ScannedStudy;
  metadata: StudyMetadata;
  /** A small picture of it; null where none could be drawn, or not yet. */
  preview: Blob | null;
  /** The report whose question it answers; null where nobody has asked. */
  reportId: string | null;
}
