/** What was found in what somebody picked, before anything is kept or sent. */

/** A file as it was picked. */
export interface PickedFile {
  file: File;
  /** How the sender knows it: its path below what was picked. Never a path for anything else. */
  label: string;
}

/** Where the bytes of one DICOM file lie: a picked file itself, or a member of a picked ZIP. */
export interface Source {
  file: File;
  member: ZipMember | null;
}

/** A member of a ZIP (APPNOTE 4.3): its data as it lies in the archive, and what they must turn out to be. */
export interface ZipMember {
  /** Where the member's data begin, in bytes from the start of the archive. */
  start: number;
  /** How many bytes they take there; deflated (APPNOTE 4.4.5, method 8) or stored (method 0). */
  packedSize: number;
  deflated: boolean;
  /** Bytes of the member, unpacked. */
  size: number;
  /** CRC-32 of the member, unpacked. */
  crc: number;
}

/** One DICOM instance that can be sent. */
export interface ScannedFile {
  source: Source;
  /** How the sender knows it: its path below what was picked. Never a path for anything else. */
  label: string;
  /** Bytes of the DICOM file, unpacked. */
  size: number;
  /** Empty where it is missing or illegal; the gateway will say so. */
  sopInstanceUid: string;
  seriesInstanceUid: string;
  transferSyntaxUid: string;
  /** InstanceNumber (0020,0013), null where there is none. */
  instanceNumber: number | null;
  /** Millimetres along the normal of the slice (PS3.3 C.7.6.2.1.1), null where the file does not say. */
  position: number | null;
  /**
   * Which slices of the series `position` can be compared with: those of one orientation and acquisition. Null for
   * what is no slice of a stack: localizers, several frames, no position.
   */
  stack: string | null;
  /** NumberOfFrames (0028,0008); 1 where there is none, 0 for an instance without pixels. */
  frames: number;
}

export interface ScannedSeries {
  uid: string;
  modality: string;
  description: string;
  /** In the order in which a reader sees them: by position, else by number, else by label. */
  files: ScannedFile[];
}

export interface ScannedStudy {
  uid: string;
  /** DICOM keyword → text, the first that any of the files has. */
  attributes: Readonly<Record<string, string>>;
  /** Modality → how many files. */
  modalities: Readonly<Record<string, number>>;
  /** Every different patient that the files name: more than one is for a person to look at. */
  patients: Patient[];
  /** By SeriesNumber, else in the order in which they were found. */
  series: ScannedSeries[];
  /** Bytes of all files, unpacked. */
  size: number;
}

export interface Patient {
  name: string;
  id: string;
  birthDate: string;
  files: number;
}

export type SkipReason =
  | 'not-dicom'
  | 'dicomdir'
  | 'no-study'
  | 'unreadable'
  | 'empty'
  | 'archive-in-archive'
  | 'archive-of-other-kind'
  | 'encrypted'
  | 'broken-archive'
  | 'repeated'
  /** Of another study than the one that was asked about. */
  | 'other-study';

export interface Skipped {
  label: string;
  why: SkipReason;
  /** The study that the file says it belongs to, where that is known. */
  studyUid: string | null;
}

export interface Scan {
  studies: ScannedStudy[];
  skipped: Skipped[];
}

export interface ScanProgress {
  /** Files that were looked into, members of ZIPs too. */
  done: number;
  /** As far as is known: a ZIP counts its members once it is opened. */
  total: number;
  /** DICOM instances among them. */
  found: number;
}

export interface ScanOptions {
  onProgress?: ((progress: ScanProgress) => void) | undefined;
  /** Aborting rejects the scan with the signal's reason; nothing of it is kept. */
  signal?: AbortSignal | undefined;
}
