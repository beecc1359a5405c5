import { describe, expect, it } from 'vitest';

import { EventParser, type ServerEvent } from './eventParser';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Read a stream in pieces of so many bytes. */
function read(text: string, size = Infinity): ServerEvent[] {
  const parser = new EventParser();
  const whole = bytes(text);
  const step = Math.min(size, whole.length);
  const events: ServerEvent[] = [];
  for (let at = 0; at < whole.length; at += step) {
    events.push(...parser.push(whole.subarray(at, at + step)));
  }
  return events;
}

const message = (data: string, lastEventId = '') => ({ type: 'message', data, lastEventId });

describe('an event stream', () => {
  it.each<[string, string, ServerEvent[]]>([
    ['one line of data', 'data: a\n\n', [message('a')]],
    ['several lines of data', 'data: a\ndata:\ndata: b\n\n', [message('a\n\nb')]],
    ['only one blank after the colon is dropped', 'data:  a\n\n', [message(' a')]],
    ['no blank after the colon', 'data:{"a":1}\n\n', [message('{"a":1}')]],
    ['a field without a colon', 'data\n\n', [message('')]],
    ['empty data', 'data:\n\n', [message('')]],
    ['an event without data is none', 'event: x\nid: 1\n\n', []],
    ['a type is for one event', 'event: x\n\ndata: a\n\n', [message('a')]],
    ['comments', ': heartbeat\n\n:\n\ndata: a\n: b\n\n', [message('a')]],
    ['unknown fields', 'colour: red\ndata: a\n\n', [message('a')]],
    ['what the end cuts off', 'data: a\n\ndata: b\n', [message('a')]],
    ['a byte order mark', '\ufeffdata: a\n\n', [message('a')]],
    [
      'an id is kept, and kept where it is spoilt',
      'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\nid\ndata: c\n\n',
      [message('a', '1'), message('b', '1'), message('c', '')],
    ],
    ['an id of an event that was none', 'id: 7\n\ndata: a\n\n', [message('a', '7')]],
    [
      'every end of line there is',
      'event: x\r\ndata: a\r\n\r\nevent: y\rdata: b\r\rdata: c\n\n',
      [
        { type: 'x', data: 'a', lastEventId: '' },
        { type: 'y', data: 'b', lastEventId: '' },
        message('c'),
      ],
    ],
  ])('%s', (_, text, events) => {
    for (const size of [Infinity, 1, 2, 3, 5]) expect(read(text, size), `${size}`).toEqual(events);
  });

  it('has letters that are cut in the middle', () => {
    const text = 'data: جارٍ التحميل 🫀\n\n';
    for (const size of [1, 2, 3]) expect(read(text, size)).toEqual([message('جارٍ التحميل 🫀')]);
  });

  it('tells an event as soon as its CR is there, and the LF that follows is no line of its own', () => {
    const parser = new EventParser();
    expect(parser.push(bytes('data: a\r\n\r'))).toEqual([message('a')]);
    expect(parser.push(bytes('\ndata: b\r'))).toEqual([]);
    expect(parser.push(bytes('\n'))).toEqual([]);
    expect(parser.push(bytes('\r\n'))).toEqual([message('b')]);
  });

  it('may ask to be left alone for a while', () => {
    const parser = new EventParser();
    expect(parser.retryMs).toBeNull();
    parser.push(bytes('retry: soon\n\n'));
    expect(parser.retryMs).toBeNull();
    parser.push(bytes('retry: 2500\n\n'));
    expect(parser.retryMs).toBe(2500);
  });
});
