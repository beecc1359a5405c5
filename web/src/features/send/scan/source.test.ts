// @vitest-environment node
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';

import { crc32 } from './crc32';
import { BrokenMemberError, readHead, readPart, readSource, sameContent } from './source';
import type { Source, ZipMember } from './types';

/** Bytes that deflate to about as many. */
const content = crypto.getRandomValues(new Uint8Array(30_000));
const BEFORE = 10;

function member(bytes: Uint8Array, deflated: boolean, changes: Partial<ZipMember> = {}): Source {
  const packed = deflated ? deflateSync(bytes) : bytes;
  const file = new File([new Uint8Array(BEFORE), packed as Uint8Array<ArrayBuffer>, 'behind'], 'z');
  return {
    file,
    member: {
      start: BEFORE,
      packedSize: packed.length,
      deflated,
      size: bytes.length,
      crc: crc32(bytes),
      ...changes,
    },
  };
}

const whole: Source = { file: new File([content], 'f'), member: null };
const sources: [string, Source][] = [
  ['a file', whole],
  ['a stored member', member(content, false)],
  ['a deflated member', member(content, true)],
];

describe.each(sources)('%s', (_, source) => {
  it('is read whole', async () => {
    expect(await readSource(source)).toEqual(content);
  });

  it('is read from its beginning', async () => {
    const head = await readHead(source, 1000);
    expect(head.whole).toBe(false);
    expect(head.bytes.length).toBeGreaterThanOrEqual(1000);
    expect(head.bytes.subarray(0, 1000)).toEqual(content.subarray(0, 1000));
    expect((await readHead(source, 60_000)).whole).toBe(true);
  });

  it('is read in the middle', async () => {
    expect(await readPart(source, 15_000, 10)).toEqual(content.subarray(15_000, 15_010));
    expect(await readPart(source, 29_995, 10)).toEqual(content.subarray(29_995));
  });

  it('is the same as the file', async () => {
    expect(await sameContent(source, whole)).toBe(true);
    const other = content.slice();
    other[29_999] = 255 - Number(other[29_999]);
    expect(await sameContent(source, { file: new File([other], 'o'), member: null })).toBe(false);
  });
});

describe('a member that is not what the directory says', () => {
  it.each([
    ['longer', member(content, true, { size: 29_999 })],
    ['shorter', member(content, true, { size: 30_001 })],
    ['other bytes', member(content, true, { crc: 1 })],
    ['other stored bytes', member(content, false, { crc: 1 })],
    ['no deflate data', member(content, false, { deflated: true })],
    ['cut', member(content, true, { packedSize: 500 })],
  ])('is refused: %s', async (_, source) => {
    await expect(readSource(source)).rejects.toThrow(BrokenMemberError);
  });
});

it('has the check value of CRC-32', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});
