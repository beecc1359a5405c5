import { describe, expect, it } from 'vitest';

import { makeUpload, makeUploadOnTheWay } from '@/test/makeUpload';

import type { Upload } from './api';
import { firstPage, movingBelow, withFreshTop, withNextPage, withUpdates } from './listing';

const many = Array.from({ length: 6 }, () => makeUpload());
const [a, b, c, d, e, f] = many as [Upload, Upload, Upload, Upload, Upload, Upload];
const ids = (uploads: Upload[]) => uploads.map((upload) => upload.upload_id);

describe('the loaded part of the list', () => {
  it('grows downwards, without showing anything twice', () => {
    const listing = firstPage({ items: [a, b], next_cursor: 'after-b' });
    const longer = withNextPage(listing, 'after-b', { items: [b, c], next_cursor: null });
    expect(longer).toEqual({ items: [a, b, c], nextCursor: null });
  });

  it('refuses a page that was asked for before the list began anew', () => {
    const listing = firstPage({ items: [a], next_cursor: 'after-a' });
    expect(withNextPage(listing, 'after-b', { items: [c], next_cursor: null })).toBe(listing);
  });

  it('takes in new uploads at the top and keeps what is below', () => {
    const listing = { items: [b, c, d, e], nextCursor: 'after-e' };
    const fresh = withFreshTop(listing, { items: [a, b], next_cursor: 'after-b' });
    expect(ids(fresh.items)).toEqual(ids([a, b, c, d, e]));
    expect(fresh.nextCursor).toBe('after-e');
  });

  it('drops what the server no longer lists there', () => {
    const listing = { items: [a, b, c, d], nextCursor: 'after-d' };
    const fresh = withFreshTop(listing, { items: [a, c], next_cursor: 'after-c' });
    expect(ids(fresh.items)).toEqual(ids([a, c, d]));
  });

  it('begins anew where more arrived than a page holds', () => {
    const listing = { items: [e, f], nextCursor: null };
    expect(withFreshTop(listing, { items: [a, b], next_cursor: 'after-b' })).toEqual({
      items: [a, b],
      nextCursor: 'after-b',
    });
  });

  it('ends where the server says that it ends', () => {
    const listing = { items: [a, b, c], nextCursor: 'after-c' };
    expect(withFreshTop(listing, { items: [a], next_cursor: null })).toEqual({
      items: [a],
      nextCursor: null,
    });
  });

  it('takes single updates, and lets go of what is gone or left the filter', () => {
    const moving = [makeUploadOnTheWay(), makeUploadOnTheWay(), makeUploadOnTheWay()] as const;
    const updates = new Map([
      [moving[0].upload_id, { ...moving[0], uploaded_bytes: 500_000 }],
      [moving[1].upload_id, null],
      [moving[2].upload_id, { ...moving[2], status: 'processing' as const }],
    ]);
    const listing = withUpdates(
      { items: [...moving], nextCursor: null },
      updates,
      ({ status }) => status === 'uploading',
    );
    expect(listing.items).toEqual([{ ...moving[0], uploaded_bytes: 500_000 }]);
  });

  it('knows which moving uploads the first page does not bring up to date', () => {
    const low = makeUploadOnTheWay();
    const top = makeUploadOnTheWay();
    const listing = { items: [top, a, low, b], nextCursor: null };
    expect(movingBelow(listing, { items: [top, a], next_cursor: 'x' })).toEqual([low]);
  });
});
