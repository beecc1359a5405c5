import type { Upload } from './api';

/** Letters that Unicode does not take apart (UAX 15), as the gateway writes them in its index. */
const FOLDED: Record<string, string> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};
const TATWEEL = '\u0640';

/** Return the words of a text: letters and digits of any script, without case and accents. */
export function wordsIn(text: string): string[] {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(TATWEEL, '')
    .replaceAll(/[\p{Mn}\p{Me}\p{Cf}]/gu, '')
    .replaceAll(/[ßøłđðþæœı]/g, (letter) => FOLDED[letter] ?? letter)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean);
}

/**
 * Whether each word begins a word of the patient's name, ID or accession number, as the gateway searches.
 *
 * It knows what the form says; the gateway looks into what the files say, too.
 */
export function isFoundBy(upload: Upload, text: string): boolean {
  const sought = wordsIn(text);
  const { patient_name: name, patient_id: id, accession_number: number } = upload.metadata;
  const identifiers = [id, number].flatMap((identifier) => {
    const parts = wordsIn(identifier ?? '');
    return [...parts, parts.join('')];
  });
  const words = [...wordsIn(name), ...identifiers];
  return sought.length > 0 && sought.every((word) => words.some((own) => own.startsWith(word)));
}
