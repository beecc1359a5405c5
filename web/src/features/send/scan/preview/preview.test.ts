// @vitest-environment node
import { describe, expect, it } from 'vitest';

import {
  encapsulated,
  EXPLICIT_BIG,
  EXPLICIT_LITTLE,
  IMPLICIT_LITTLE,
  JPEG_2000,
  makeDicomFile,
  RLE_LOSSLESS,
  type Attributes,
} from '@/test/makeDicom';

import { readHeader } from '../instance';
import { scanPicked } from '../scanner';
import { firstJpeg, fragmentsOf } from './fragments';
import { drawPreview, middleOf, thumbnailOf } from './preview';
import { MAX_SIDE, type Thumbnail } from './render';

async function scanned(...files: File[]) {
  const { studies } = await scanPicked(files.map((file) => ({ file, label: file.name })));
  const series = studies[0]?.series[0];
  if (!series) throw new Error('no series');
  return series;
}

async function thumbnail(attributes: Attributes, syntax?: string): Promise<Thumbnail | null> {
  const file = middleOf(await scanned(makeDicomFile('a', attributes, syntax)));
  const header = file && (await readHeader(file.source, 'pixels'));
  if (!file || !header || typeof header === 'string' || !header.pixels) return null;
  return thumbnailOf(file, header, header.pixels);
}

/** The red of each pixel, which is the grey of a grey picture. */
function reds(picture: Thumbnail | null): number[] {
  return [...(picture?.rgba ?? [])].filter((_, index) => index % 4 === 0);
}

const twoByTwo: Attributes = { Rows: 2, Columns: 2, BitsAllocated: 8, BitsStored: 8 };
const grey8 = { ...twoByTwo, PixelData: Uint8Array.of(0, 51, 102, 255) };

describe('a native frame', () => {
  it('goes from its darkest to its brightest value', async () => {
    expect(reds(await thumbnail(grey8))).toEqual([0, 51, 102, 255]);
    expect(reds(await thumbnail({ ...grey8, PhotometricInterpretation: 'MONOCHROME1' }))).toEqual([
      255, 204, 153, 0,
    ]);
  });

  it("is seen through the file's window, rescaled", async () => {
    const ct: Attributes = {
      ...twoByTwo,
      BitsAllocated: 16,
      BitsStored: 12,
      RescaleIntercept: -1000,
      RescaleSlope: 1,
      WindowCenter: [50, 400],
      WindowWidth: [100, 1500],
      // 0, 1000, 1050 and 1100, with overlay bits above the 12 that are stored
      PixelData: Uint8Array.of(0x00, 0xf0, 0xe8, 0x03, 0x1a, 0x14, 0x4c, 0x04),
    };
    expect(reds(await thumbnail(ct))).toEqual([0, 0, 128, 255]);
    expect(reds(await thumbnail(ct, IMPLICIT_LITTLE))).toEqual([0, 0, 128, 255]);
  });

  it('may be signed, and of the other byte order', async () => {
    const signed: Attributes = {
      ...twoByTwo,
      BitsAllocated: 16,
      BitsStored: 16,
      PixelRepresentation: 1,
    };
    const little = Uint8Array.of(0x00, 0xff, 0x00, 0x00, 0x00, 0x01, 0xff, 0x00);
    const big = Uint8Array.of(0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0xff);
    const values = [0, 128, 255, 255];
    expect(reds(await thumbnail({ ...signed, PixelData: little }))).toEqual(values);
    expect(reds(await thumbnail({ ...signed, PixelData: big }, EXPLICIT_BIG))).toEqual(values);
  });

  it('may be in colour, by pixel or by plane', async () => {
    const colour: Attributes = {
      ...twoByTwo,
      Rows: 1,
      SamplesPerPixel: 3,
      PhotometricInterpretation: 'RGB',
    };
    const byPixel = { ...colour, PixelData: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const byPlane = {
      ...colour,
      PlanarConfiguration: 1,
      PixelData: Uint8Array.of(1, 4, 2, 5, 3, 6),
    };
    const rgba = [1, 2, 3, 255, 4, 5, 6, 255];
    expect([...((await thumbnail(byPixel))?.rgba ?? [])]).toEqual(rgba);
    expect([...((await thumbnail(byPlane))?.rgba ?? [])]).toEqual(rgba);
    const ybr = { ...byPixel, PhotometricInterpretation: 'YBR_FULL' };
    const white = await thumbnail({ ...ybr, PixelData: Uint8Array.of(255, 128, 128, 0, 128, 128) });
    expect([...(white?.rgba ?? [])]).toEqual([255, 255, 255, 255, 0, 0, 0, 255]);
  });

  it('may lie far behind its description, as where there are overlays', async () => {
    const far = { ...grey8, OverlayData: new Uint8Array(100_000) };
    expect(reds(await thumbnail(far))).toEqual([0, 51, 102, 255]);
  });

  it('is the middle one of several', async () => {
    const frames = Uint8Array.of(0, 0, 0, 0, 0, 51, 102, 255, 9, 9, 9, 9);
    expect(reds(await thumbnail({ ...twoByTwo, NumberOfFrames: 3, PixelData: frames }))).toEqual([
      0, 51, 102, 255,
    ]);
  });

  it('is made small, in its proportions', async () => {
    const picture = await thumbnail({
      ...twoByTwo,
      Rows: 300,
      Columns: 600,
      PixelData: new Uint8Array(180_000).fill(7),
    });
    expect([picture?.width, picture?.height]).toEqual([MAX_SIDE, MAX_SIDE / 2]);
  });
});

describe('an RLE frame', () => {
  const header = (...offsets: number[]) =>
    new Uint8Array(Uint32Array.from({ length: 16 }, (_, index) => offsets[index] ?? 0).buffer);
  const rle = (...parts: (Uint8Array | number[])[]) =>
    Uint8Array.from(parts.flatMap((part) => [...part]));

  it('is decoded, runs and literals', async () => {
    const frame = rle(header(1, 64), [1, 0, 51, 255, 102], [128, 0, 255, 0]);
    const picture = thumbnail({ ...twoByTwo, PixelData: encapsulated(frame) }, RLE_LOSSLESS);
    expect(reds(await picture)).toEqual([0, 128, 255, 255]);
  });

  it('has the high bytes of 16 bits in a segment of their own', async () => {
    const frame = rle(header(2, 64, 70), [3, 0, 1, 2, 4], [0], [253, 0], [128, 128]);
    const sixteen = { ...twoByTwo, BitsAllocated: 16, BitsStored: 16 };
    const picture = thumbnail({ ...sixteen, PixelData: encapsulated(frame) }, RLE_LOSSLESS);
    expect(reds(await picture)).toEqual([0, 64, 128, 255]);
  });

  it.each([
    ['no header', new Uint8Array(10)],
    ['segments that are missing', rle(header(3, 64, 65, 66), [0, 0])],
    ['a segment before the header', rle(header(1, 3), [0, 0])],
  ])('is not drawn with %s', async (_, frame) => {
    const file = { ...twoByTwo, PixelData: encapsulated(frame) };
    expect(await thumbnail(file, RLE_LOSSLESS)).toBeNull();
  });
});

describe('drawPreview', () => {
  it.each<[string, Attributes, string]>([
    ['another compression', { PixelData: encapsulated(new Uint8Array(8)) }, JPEG_2000],
    ['fewer pixels than announced', { Rows: 60_000, Columns: 60_000 }, EXPLICIT_LITTLE],
    ['pixels that break off', { Rows: 5 }, EXPLICIT_LITTLE],
    ['no pixels', { PixelData: null }, EXPLICIT_LITTLE],
    ['fragments without pixels', { PixelData: encapsulated() }, RLE_LOSSLESS],
  ])('gives nothing for a file with %s', async (_, attributes, syntax) => {
    const series = await scanned(makeDicomFile('a', attributes, syntax));
    expect(await drawPreview(series.files[0] as never)).toBeNull();
  });

  it('gives nothing for a file that is gone', async () => {
    const series = await scanned(makeDicomFile('a', grey8));
    const [file] = series.files;
    if (!file) throw new Error('no file');
    file.source.file.slice = () => {
      throw new DOMException('gone', 'NotFoundError');
    };
    expect(await drawPreview(file)).toBeNull();
  });
});

describe('fragments', () => {
  it('end where the bytes end', () => {
    const whole = encapsulated(Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5, 6));
    expect(fragmentsOf(whole).map((bytes) => [...bytes])).toEqual([
      [1, 2],
      [3, 4, 5, 6],
    ]);
    expect(fragmentsOf(whole.subarray(0, 28)).map((bytes) => [...bytes])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('of a JPEG belong together up to the next image', () => {
    const soi = Uint8Array.of(0xff, 0xd8);
    const rest = Uint8Array.of(1, 2);
    expect(firstJpeg([soi, rest, soi, rest])).toEqual([soi, rest]);
    expect(firstJpeg([rest, soi])).toEqual([]);
  });
});
