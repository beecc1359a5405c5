/** From bytes to text by SpecificCharacterSet (PS3.3 C.12.1.1.2), as far as browsers know the encodings. */

const LATIN_1 = 'iso-8859-1';

/** The defined terms without code extensions; those of ISO 2022 designate their first set the same way. */
const ENCODINGS: Record<string, string> = {
  '100': 'iso-8859-1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'iso-8859-9',
  '203': 'iso-8859-15',
  '166': 'iso-8859-11',
  '13': 'shift_jis',
  '192': 'utf-8',
};

interface Extension {
  encoding: string;
  /** How the bytes of the designated set look in that encoding. */
  shape?: (bytes: Uint8Array) => Uint8Array;
}

const raised = (bytes: Uint8Array) => bytes.map((byte) => (byte > 0x20 ? byte | 0x80 : byte));
/** EUC-JP has the supplementary kanji (JIS X 0212) behind a byte 8F each. */
const supplementary = (bytes: Uint8Array) =>
  Uint8Array.from(
    [...raised(bytes)].flatMap((byte, index) => (index % 2 === 0 ? [0x8f, byte] : [byte])),
  );

/** Escape sequences of PS3.3 C.12.1.1.2, tables C.12-3 and C.12-4, behind their ESC. */
const EXTENSIONS: Record<string, Extension> = {
  '(B': { encoding: LATIN_1 },
  '-A': { encoding: 'iso-8859-1' },
  '-B': { encoding: 'iso-8859-2' },
  '-C': { encoding: 'iso-8859-3' },
  '-D': { encoding: 'iso-8859-4' },
  '-L': { encoding: 'iso-8859-5' },
  '-G': { encoding: 'iso-8859-6' },
  '-F': { encoding: 'iso-8859-7' },
  '-H': { encoding: 'iso-8859-8' },
  '-M': { encoding: 'iso-8859-9' },
  '-b': { encoding: 'iso-8859-15' },
  '-T': { encoding: 'iso-8859-11' },
  '(J': { encoding: 'shift_jis' },
  ')I': { encoding: 'shift_jis' },
  $B: { encoding: 'euc-jp', shape: raised },
  '$(D': { encoding: 'euc-jp', shape: supplementary },
  '$)C': { encoding: 'euc-kr' },
  '$)A': { encoding: 'gb18030' },
};

const ESCAPE = 0x1b;
/** The lowest byte of a two-byte character. */
const FIRST_OF_TWO = 0x21;
/** Where a code extension ends by itself (PS3.5 6.1.2.5.3); in names also between components and groups. */
const TEXT_DELIMITERS = '\t\n\f\r\\';
const NAME_DELIMITERS = `${TEXT_DELIMITERS}^=`;

export type Decode = (bytes: Uint8Array, kind: 'name' | 'text') => string;

/** Return the decoder for a data set with this SpecificCharacterSet; what can't be decoded becomes U+FFFD. */
export function decoderFor(specificCharacterSet: string): Decode {
  const [first = '', ...more] = specificCharacterSet.split('\\').map((term) => term.trim());
  const encoding = encodingOf(first);
  const extended = more.length > 0 || first.includes('2022');
  return (bytes, kind) =>
    extended && bytes.includes(ESCAPE)
      ? decodeExtended(bytes, encoding, kind === 'name' ? NAME_DELIMITERS : TEXT_DELIMITERS)
      : decode(bytes, encoding);
}

function encodingOf(term: string): string {
  if (/^GB18030$/i.test(term)) return 'gb18030';
  if (/^GBK$/i.test(term)) return 'gbk';
  const number = /^ISO[ _-](?:IR|2022[ _-]IR)[ _-]?(\d+)$/i.exec(term)?.[1] ?? '';
  return ENCODINGS[number] ?? LATIN_1;
}

function decode(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** Decode text with code extensions, set by set; each line and each component begins in the first set again. */
function decodeExtended(bytes: Uint8Array, initial: string, delimiters: string): string {
  let text = '';
  let current: Extension = { encoding: initial };
  for (const run of runsOf(bytes, delimiters)) {
    const first = run[0] ?? 0;
    if (first === ESCAPE) {
      const { extension, length } = designated(run);
      current = extension ?? { encoding: initial };
      text += decodeRun(run.subarray(length), current);
    } else if (delimiters.includes(String.fromCharCode(first))) {
      current = { encoding: initial };
      text += decode(run, initial);
    } else {
      text += decodeRun(run, current);
    }
  }
  return text;
}

function decodeRun(bytes: Uint8Array, { encoding, shape }: Extension): string {
  return decode(shape ? shape(bytes) : bytes, encoding);
}

function designated(run: Uint8Array): { extension: Extension | null; length: number } {
  for (const length of [3, 2]) {
    const sequence = String.fromCharCode(...run.subarray(1, 1 + length));
    const extension = EXTENSIONS[sequence];
    if (extension) return { extension, length: 1 + length };
  }
  return { extension: null, length: 1 };
}

/** Cut the bytes before each escape sequence, and around each delimiter. */
function* runsOf(bytes: Uint8Array, delimiters: string): Generator<Uint8Array> {
  let start = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const delimiter = isDelimiter(bytes, start, at, delimiters);
    if (byte !== ESCAPE && !delimiter) continue;
    if (at > start) yield bytes.subarray(start, at);
    start = at;
    if (delimiter) {
      yield bytes.subarray(at, at + 1);
      start = at + 1;
    }
  }
  if (start < bytes.length) yield bytes.subarray(start);
}

/** Whether the byte at `at` delimits. A byte of a two-byte character of JIS X 0208 or 0212 may look like one. */
function isDelimiter(bytes: Uint8Array, start: number, at: number, delimiters: string): boolean {
  if (!delimiters.includes(String.fromCharCode(bytes[at] ?? 0))) return false;
  if (bytes[start] !== ESCAPE) return true;
  const { extension } = designated(bytes.subarray(start, at));
  return !extension?.shape || (bytes[at] ?? 0) < FIRST_OF_TWO;
}
