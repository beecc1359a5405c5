import { codesOf, numbersOf } from '../attributes';
import type { Header } from '../header';

/** How the pixels of a frame are laid out (PS3.3 C.7.6.3), and how their values become grey. */
export interface FrameLayout {
  rows: number;
  columns: number;
  photometric: Photometric;
  samples: 1 | 3;
  bytesPerSample: 1 | 2;
  bitsStored: number;
  signed: boolean;
  planar: boolean;
  bigEndian: boolean;
  slope: number;
  intercept: number;
  /** Values from `low` to `high` become black to white; null where the file does not say. */
  window: { low: number; high: number } | null;
}

const PHOTOMETRICS = ['MONOCHROME1', 'MONOCHROME2', 'RGB', 'YBR_FULL'] as const;
export type Photometric = (typeof PHOTOMETRICS)[number];

/** Return the layout of the frames, or null for one that is not drawn here. */
export function layoutOf(header: Header): FrameLayout | null {
  const number = (tag: string) => unsignedShort(header, tag) ?? 0;
  const photometric = photometricOf(header);
  const [rows, columns, bits] = [number('x00280010'), number('x00280011'), number('x00280100')];
  if (!photometric || !rows || !columns) return null;
  const samples = photometric.startsWith('MONOCHROME') ? 1 : 3;
  if (number('x00280002') !== samples || !isDrawn(bits, samples)) return null;
  return {
    rows,
    columns,
    photometric,
    samples,
    bytesPerSample: bits === 8 ? 1 : 2,
    bitsStored: Math.min(number('x00280101') || bits, bits),
    signed: number('x00280103') === 1,
    planar: number('x00280006') === 1,
    bigEndian: header.bigEndian,
    ...rescaleOf(header),
    window: windowOf(header),
  };
}

function isDrawn(bits: number, samples: 1 | 3): bits is 8 | 16 {
  return bits === 8 || (bits === 16 && samples === 1);
}

function rescaleOf(header: Header): Pick<FrameLayout, 'slope' | 'intercept'> {
  const [slope = 1] = numbersOf(header.value('x00281053'));
  const [intercept = 0] = numbersOf(header.value('x00281052'));
  return { slope: slope || 1, intercept: intercept || 0 };
}

export function photometricOf(header: Header): Photometric | undefined {
  const [said] = codesOf(header.value('x00280004'));
  return PHOTOMETRICS.find((known) => known === said);
}

/** Bytes of one frame as it lies in native pixel data. */
export function frameBytes({ rows, columns, samples, bytesPerSample }: FrameLayout): number {
  return rows * columns * samples * bytesPerSample;
}

/** The first of the windows that the file suggests (PS3.3 C.11.2). */
function windowOf(header: Header): FrameLayout['window'] {
  const [center = NaN] = numbersOf(header.value('x00281050'));
  const [width = NaN] = numbersOf(header.value('x00281051'));
  if (!Number.isFinite(center) || !(width >= 1)) return null;
  return { low: center - width / 2, high: center + width / 2 };
}

function unsignedShort(header: Header, tag: string): number | null {
  const [first, second, ...more] = header.value(tag);
  if (first === undefined || second === undefined || more.length > 0) return null;
  return header.bigEndian ? (first << 8) | second : (second << 8) | first;
}
