import type { FrameLayout } from './frame';

/** How large a preview is at most, in either direction. */
export const MAX_SIDE = 160;
/** As many pixels along each side of a box are averaged at most: more would not be seen. */
const SAMPLED_PER_SIDE = 4;
const WHITE = 255;

/** A small picture, four bytes a pixel as a canvas takes them. */
export interface Thumbnail {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Return the size of a picture that fits into a preview, with the same proportions. */
export function fitted(columns: number, rows: number): { width: number; height: number } {
  const scale = Math.min(1, MAX_SIDE / Math.max(columns, rows));
  return {
    width: Math.max(1, Math.round(columns * scale)),
    height: Math.max(1, Math.round(rows * scale)),
  };
}

/** Draw a frame of native pixel data small. `bytes` hold the whole frame. */
export function render(layout: FrameLayout, bytes: Uint8Array): Thumbnail {
  const { width, height } = fitted(layout.columns, layout.rows);
  const sample = sampler(layout, bytes);
  const channels = Array.from({ length: layout.samples }, (_, channel) =>
    reduced(layout, width, height, (pixel) => sample(pixel, channel)),
  );
  const rgba = new Uint8ClampedArray(width * height * 4).fill(WHITE);
  const [first = new Float32Array(), second = first, third = first] = channels;
  const grey = layout.samples === 1 ? greyScale(layout, first) : null;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const values = [first, second, third].map((channel) => channel[pixel] ?? 0);
    const colour = grey ? values.map(grey) : rgb(layout, values);
    rgba.set(colour, pixel * 4);
  }
  return { width, height, rgba };
}

type Sample = (pixel: number, channel: number) => number;

/** Return how a stored value is read: its bits, its sign and its byte order (PS3.5 8.1.1). */
function sampler(layout: FrameLayout, bytes: Uint8Array): Sample {
  const { rows, columns, samples, bytesPerSample, bitsStored, signed, planar, bigEndian } = layout;
  const unused = 32 - bitsStored;
  const at: Sample = planar
    ? (pixel, channel) => channel * rows * columns + pixel
    : (pixel, channel) => pixel * samples + channel;
  const extended = (value: number) =>
    signed ? (value << unused) >> unused : (value << unused) >>> unused;
  if (bytesPerSample === 1) return (pixel, channel) => extended(bytes[at(pixel, channel)] ?? 0);
  const [low, high] = bigEndian ? [1, 0] : [0, 1];
  return (pixel, channel) => {
    const place = 2 * at(pixel, channel);
    return extended((bytes[place + low] ?? 0) | ((bytes[place + high] ?? 0) << 8));
  };
}

/** Return the picture made smaller: each of its pixels is the mean of those that it stands for. */
function reduced(
  { rows, columns }: FrameLayout,
  width: number,
  height: number,
  value: (pixel: number) => number,
): Float32Array {
  const small = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const lines = steps((y * rows) / height, ((y + 1) * rows) / height);
    for (let x = 0; x < width; x += 1) {
      const across = steps((x * columns) / width, ((x + 1) * columns) / width);
      let sum = 0;
      for (const line of lines) for (const column of across) sum += value(line * columns + column);
      small[y * width + x] = sum / (lines.length * across.length);
    }
  }
  return small;
}

function steps(from: number, to: number): number[] {
  const first = Math.floor(from);
  const count = Math.max(1, Math.floor(to) - first);
  const taken = Math.min(count, SAMPLED_PER_SIDE);
  return Array.from({ length: taken }, (_, index) => first + Math.floor((index * count) / taken));
}

/** Return how stored values become grey: by the file's window, else from the darkest to the brightest. */
function greyScale(layout: FrameLayout, values: Float32Array): (stored: number) => number {
  const modality = (stored: number) => stored * layout.slope + layout.intercept;
  const { low, high } = layout.window ?? rangeOf(values.map(modality));
  const span = high - low || 1;
  return (stored) => {
    const share = Math.min(1, Math.max(0, (modality(stored) - low) / span));
    return WHITE * (layout.photometric === 'MONOCHROME1' ? 1 - share : share);
  };
}

function rangeOf(values: Float32Array): { low: number; high: number } {
  return values.reduce(
    ({ low, high }, value) => ({ low: Math.min(low, value), high: Math.max(high, value) }),
    { low: Infinity, high: -Infinity },
  );
}

/** PS3.3 C.7.6.3.1.2, the inverse of its equations for YBR_FULL. */
function rgb({ photometric }: FrameLayout, [a = 0, b = 0, c = 0]: number[]): number[] {
  if (photometric === 'RGB') return [a, b, c];
  const [blue, red] = [b - 128, c - 128];
  return [a + 1.402 * red, a - 0.344136 * blue - 0.714136 * red, a + 1.772 * blue];
}
