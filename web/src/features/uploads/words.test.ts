import { describe, expect, it } from 'vitest';

import { makeUpload } from '@/test/makeUpload';

import { isFoundBy, wordsIn } from './words';

describe('the words of a text', () => {
  it.each([
    ['DOE^JANE', ['doe', 'jane']],
    ['  André  ', ['andre']],
    ['Størrðæ ŁÓDŹ Straße', ['storrdae', 'lodz', 'strasse']],
    ['12-345/A', ['12', '345', 'a']],
    ['سَلْمَى', ['سلمى']],
    ['山田^太郎', ['山田', '太郎']],
    ['^ , …', []],
  ])('%j are %j', (text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });
});

describe('an upload', () => {
  const upload = makeUpload({
    metadata: {
      ...makeUpload().metadata,
      patient_name: 'Doe^André',
      patient_id: 'PAT-17',
      accession_number: '2026/0042',
    },
  });

  it.each([
    ['doe', true],
    ['andre d', true],
    ['oe', false],
    ['doe jane', false],
    ['pat-17', true],
    ['pat17', true],
    ['2026', true],
    ['20260042', true],
    ['0042 andr', true],
    ['…', false],
  ])('is found by %j: %s', (text, expected) => {
    expect(isFoundBy(upload, text)).toBe(expected);
  });
});
