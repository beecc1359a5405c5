import { describe, expect, it } from 'vitest';

import { makeReport } from '@/test/makeReport';

import { addressOf, fits, narrowedBy, ofShare, queryOf, viewFrom } from './view';

const SITE = '00000000-0000-4000-8000-0000000000aa';
const viewOf = (address: string) => viewFrom(new URLSearchParams(address));

describe('a view in an address', () => {
  it.each([
    '',
    'part=mine',
    'part=all&status=ready',
    `part=all&status=assigned&priority=stat&modality=CT&site=${SITE}`,
    'priority=emergency&modality=OTHER',
  ])('%j is read as it is written', (address) => {
    expect(addressOf(viewOf(address)).toString()).toBe(address);
  });

  it.each([
    ['part=hers', ''],
    ['part=unread', ''],
    ['status=ready', ''],
    ['part=mine&status=assigned', 'part=mine'],
    ['part=all&status=final', 'part=all'],
    ['priority=soon&modality=MRI&site=x', ''],
    [`site=${SITE}&patient=Doe`, `site=${SITE}`],
  ])('%j makes no sense, and counts as %j', (address, sense) => {
    expect(addressOf(viewOf(address)).toString()).toBe(sense);
  });

  it('asks the gateway for what it says', () => {
    expect(queryOf(viewOf(''))).toEqual({ share: 'unread' });
    expect(
      queryOf(viewOf(`part=all&status=pending&priority=stat&modality=MR&site=${SITE}`)),
    ).toEqual({
      share: 'all',
      status: ['pending'],
      service_level: ['stat'],
      modality: ['MR'],
      site_id: SITE,
    });
  });

  it('keeps what narrows it in another part, but for a state that is not there', () => {
    const mine = ofShare(viewOf('part=all&status=assigned&priority=stat'), 'mine');
    expect(addressOf(mine).toString()).toBe('part=mine&priority=stat');
    const reported = ofShare(viewOf('part=all&status=ready'), 'mine');
    expect(addressOf(reported).toString()).toBe('part=mine&status=ready');
    expect(narrowedBy(reported)).toEqual(['status']);
  });
});

describe('a study', () => {
  const dx = makeReport({ modality: 'DX', service_level: 'stat', status: 'pending' });

  it.each([
    ['', true],
    ['part=all&status=pending&priority=stat&modality=XR', true],
    ['part=all&status=assigned', false],
    ['priority=routine', false],
    ['modality=CT', false],
    [`site=${SITE}`, true],
    ['site=00000000-0000-4000-8000-0000000000bb', false],
  ])('fits %j: %s', (address, expected) => {
    expect(fits(dx, viewOf(address))).toBe(expected);
  });
});
