import { describe, expect, it } from 'vitest';

import { makeConcern } from '@/test/makeSystem';

import { clockDifference, keyOf, lookOf, PAGES, wordsOf } from './concerns';
import { reasonsOf } from './held';

describe('what needs attention', () => {
  it('is mended on a page of the app where there is one', () => {
    expect(lookOf(makeConcern({ code: 'studies-held' })).page).toBe('held');
    expect(lookOf(makeConcern({ code: 'deliveries-refused' })).page).toBe('refused');
    expect(PAGES.refused).toBe('/admin/deliveries?state=attention');
    expect(lookOf(makeConcern({ code: 'database-slow' })).page).toBeNull();
  });

  it('leads to webhooks for their calls alone, and to destinations for their certificates alone', () => {
    const late = makeConcern({ code: 'messages-late', name: 'email' });
    expect(lookOf(late).page).toBeNull();
    expect(lookOf({ ...late, name: 'webhook' }).page).toBe('webhooks');
    const ended = makeConcern({ code: 'certificate-ended', detail: 'listener' });
    expect(lookOf(ended).page).toBeNull();
    expect(lookOf({ ...ended, subject_id: 'pacs' }).page).toBe('destinations');
  });

  it('can be told apart, also where one destination has two certificates', () => {
    const own = makeConcern({
      code: 'certificate-ended',
      subject_id: 'pacs',
      detail: 'destination',
    });
    expect(keyOf(own)).not.toBe(keyOf({ ...own, detail: 'destination_ca' }));
    const failing = makeConcern({ code: 'destination-failing', subject_id: 'pacs', detail: 'one' });
    expect(keyOf(failing), 'other words are no other concern').toBe(
      keyOf({ ...failing, detail: 'two' }),
    );
  });

  it('has words of its own unless the sentence says it all', () => {
    expect(wordsOf(makeConcern({ code: 'destination-failing', detail: 'no route' }))).toBe(
      'no route',
    );
    expect(wordsOf(makeConcern({ code: 'certificate-ended', detail: 'listener' }))).toBe('');
  });
});

describe('clocks', () => {
  it('may differ by a minute', () => {
    const gateway = '2026-01-14T12:00:00Z';
    expect(clockDifference(gateway, new Date('2026-01-14T12:01:00Z'))).toBeNull();
    expect(clockDifference(gateway, new Date('2026-01-14T12:02:00Z'))).toBe(120);
    expect(clockDifference(gateway, new Date('2026-01-14T11:00:00Z'))).toBe(-3600);
  });
});

describe('a held study', () => {
  const because = (...codes: string[]) => ({
    warnings: codes.map((code) => ({ code, detail: '' })),
  });

  it('says every reason, and no other warning', () => {
    expect(reasonsOf(because('patient-differs', 'uid-conflict', 'several-patients'))).toEqual([
      'several-patients',
      'uid-conflict',
    ]);
    expect(reasonsOf(because('patient-differs'))).toEqual(['other']);
  });
});
