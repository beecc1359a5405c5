import type { Header, PixelElement } from '../header';
import { readHeader } from '../instance';
import { readPart } from '../source';
import type { ScannedFile, ScannedSeries } from '../types';
import { encoded, reducedJpeg } from './canvas';
import { firstJpeg, fragmentsOf } from './fragments';
import { frameBytes, layoutOf, photometricOf } from './frame';
import { render, type Thumbnail } from './render';
import { decodeRle } from './rle';

const RLE_LOSSLESS = '1.2.840.10008.1.2.5';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
/** As much is read for a preview at most: a mammogram of 60 MB is still drawn. */
const MAX_READ = 64 * 1024 ** 2;

/** Return the file of a series that shows best what it is: the middle one of those with pixels. */
export function middleOf({ files }: ScannedSeries): ScannedFile | undefined {
  const images = files.filter(({ frames }) => frames > 0);
  return images[Math.floor(images.length / 2)];
}

/**
 * Draw a preview of a DICOM file, at most 160 pixels wide and high.
 *
 * Null for what can't be drawn here, whatever the reason: a compression that browsers don't know, a file that is
 * broken or gone. Never raises.
 */
export async function drawPreview(file: ScannedFile): Promise<Blob | null> {
  try {
    const { member } = file.source;
    if (member?.deflated && member.size > MAX_READ) return null;
    const header = await readHeader(file.source, 'pixels');
    if (typeof header === 'string' || !header.pixels) return null;
    const thumbnail = await thumbnailOf(file, header, header.pixels);
    return thumbnail && (await encoded(thumbnail));
  } catch {
    return null;
  }
}

/** Draw the file's middle frame, or the first where frames can't be told apart by counting. May raise. */
export async function thumbnailOf(
  file: ScannedFile,
  header: Header,
  pixels: PixelElement,
): Promise<Thumbnail | null> {
  if (pixels.length !== null) return nativeThumbnail(file, header, pixels.start);
  if (header.transferSyntaxUid === RLE_LOSSLESS) return rleThumbnail(file, header, pixels.start);
  if (header.transferSyntaxUid === JPEG_BASELINE) return jpegThumbnail(file, header, pixels.start);
  return null;
}

async function nativeThumbnail(
  file: ScannedFile,
  header: Header,
  start: number,
): Promise<Thumbnail | null> {
  const layout = layoutOf(header);
  const size = layout ? frameBytes(layout) : 0;
  if (!layout || size > MAX_READ) return null;
  const bytes = await readPart(file.source, start + Math.floor(file.frames / 2) * size, size);
  return bytes.length === size ? render(layout, bytes) : null;
}

async function rleThumbnail(
  file: ScannedFile,
  header: Header,
  start: number,
): Promise<Thumbnail | null> {
  const layout = layoutOf(header);
  if (!layout || frameBytes(layout) > MAX_READ) return null;
  const fragments = fragmentsOf(await readPart(file.source, start, MAX_READ)); // one for each frame
  const frame = fragments[Math.min(Math.floor(file.frames / 2), fragments.length - 1)];
  const native = frame && decodeRle(frame, layout);
  return native ? render({ ...layout, bigEndian: false, planar: false }, native) : null;
}

async function jpegThumbnail(
  file: ScannedFile,
  header: Header,
  start: number,
): Promise<Thumbnail | null> {
  const jpeg = firstJpeg(fragmentsOf(await readPart(file.source, start, MAX_READ)));
  const thumbnail = jpeg.length > 0 ? await reducedJpeg(jpeg) : null;
  if (thumbnail && photometricOf(header) === 'MONOCHROME1') invert(thumbnail);
  return thumbnail;
}

function invert({ rgba }: Thumbnail): void {
  for (let at = 0; at < rgba.length; at += 1) if (at % 4 !== 3) rgba[at] = 255 - (rgba[at] ?? 0);
}
