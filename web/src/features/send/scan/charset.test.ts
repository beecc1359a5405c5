// @vitest-environment node
import { describe, expect, it } from 'vitest';

import { decoderFor } from './charset';

/** Bytes written as in PS3.5 annexes H to K: text, with the others in hexadecimal between angle brackets. */
function bytes(text: string): Uint8Array {
  const parts = text.split(/<([0-9a-f ]+)>/);
  return Uint8Array.from(
    parts.flatMap((part, index) =>
      index % 2 === 0
        ? Array.from(part, (letter) => letter.charCodeAt(0))
        : part.split(' ').map((hex) => parseInt(hex, 16)),
    ),
  );
}

describe('decoderFor', () => {
  it.each([
    ['', 'Buc^J<e9>r<f4>me', 'Buc^Jérôme'],
    ['ISO_IR 100', 'Buc^J<e9>r<f4>me', 'Buc^Jérôme'],
    ['ISO_IR 101', 'W<b1>s', 'Wąs'],
    ['ISO_IR 144', '<bb>ee', 'Лee'],
    ['ISO_IR 126', '<c4>io', 'Δio'],
    ['ISO_IR 127', '<c2>', 'آ'],
    ['ISO_IR 138', '<f9>^<e0>', 'ש^א'],
    ['ISO_IR 148', '<fe>', 'ş'],
    ['ISO_IR 192', 'Wang^<e5 b0 8f e6 9d b1>', 'Wang^小東'],
    ['GB18030', 'Wang^<d0 a1 b6 ab>', 'Wang^小东'],
    ['GBK', 'Wang^<d0 a1 b6 ab>', 'Wang^小东'],
    [
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=<1b>$B;3ED<1b>(B^<1b>$BB@O:<1b>(B=<1b>$B$d$^$@<1b>(B^<1b>$B$?$m$&<1b>(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      '<d4 cf c0 de>^<c0 db b3>=<1b>$B;3ED<1b>(J^<1b>$BB@O:<1b>(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎',
    ],
    [
      '\\ISO 2022 IR 149',
      'Hong^Gildong=<1b>$)C<fb f3>^<1b>$)C<d1 ce d4 d7>',
      'Hong^Gildong=洪^吉洞',
    ],
    [
      '\\ISO 2022 IR 58',
      'Zhang^XiaoDong=<1b>$)A<d5 c5>^<1b>$)A<d0 a1 b6 ab>',
      'Zhang^XiaoDong=张^小东',
    ],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', 'J<e9><1b>-L<bb>^<e9>', 'JéЛ^é'],
    ['\\ISO 2022 IR 159', '<1b>$(D0!', '丂'],
    ['NONSENSE', 'Buc^J<e9>r<f4>me', 'Buc^Jérôme'],
  ])('%j', (term, raw, text) => {
    expect(decoderFor(term)(bytes(raw), 'name')).toBe(text);
  });
});
