import { describe, expect, it } from 'vitest';

import { LANGUAGES } from '@/shared/i18n/languages';
import { makeReport } from '@/test/fakeReading';

import { loadStarters } from './starters';
import { bodyPartOf, groupOf } from './templates';

const report = makeReport();
const linesOf = (text: string) => text.trimEnd().split('\n');

describe('starters', () => {
  it.each(LANGUAGES)(
    'are headings and nothing else, as many as in every language: %s',
    async (language) => {
      const [here, english] = await Promise.all([
        loadStarters(report, language),
        loadStarters(report, 'en'),
      ]);
      expect(here.length).toBeGreaterThanOrEqual(10);
      expect(here.map(({ id }) => id)).toEqual(english.map(({ id }) => id));
      for (const [index, { id, findings }] of here.entries()) {
        expect(linesOf(findings), id).toHaveLength(linesOf(english[index]?.findings ?? '').length);
        for (const line of linesOf(findings)) expect(line, id).toMatch(/^[^:.]+:$/);
      }
    },
  );

  it.each([
    ['CT', 'HEAD', 'ct-head'],
    ['MRI', 'BRAIN', 'mr-brain'],
    ['DX', 'CHEST', 'xr-chest'],
    ['MG', null, 'mg'],
    ['US', 'abdomen', 'us-abdomen'],
  ])('for %s of %s begin with %s', async (modality, body_part, first) => {
    const [best] = await loadStarters({ ...report, modality, body_part }, 'en');
    expect(best?.id).toBe(first);
  });
});

describe('what a template is for', () => {
  it.each([
    ['MRI', 'MR'],
    ['PET', 'PT'],
    ['CR', 'XR'],
    ['CT', 'CT'],
    ['SR', null],
  ])('is the group of %s: %s', (modality, group) => expect(groupOf(modality)).toBe(group));

  it.each([
    [' head ', 'HEAD'],
    ['HEAD/NECK', null],
    ['A VERY LONG BODY PART', null],
    ['', null],
    [null, null],
  ])('is the body part %j: %j', (given, term) => expect(bodyPartOf(given)).toBe(term));
});
