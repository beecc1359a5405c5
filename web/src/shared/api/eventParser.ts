/** An event of a stream (WHATWG HTML 9.2). */
export interface ServerEvent {
  /** `message` where the server names none. */
  type: string;
  data: string;
  /** The newest id that the stream has given, with this event or before it; empty while there was none. */
  lastEventId: string;
}

/** Reads an event stream (text/event-stream, WHATWG HTML 9.2.6) from bytes, however they are cut. */
export class EventParser {
  readonly #decoder = new TextDecoder();
  /** The beginning of a line whose end has not come yet. */
  #rest = '';
  /** The last piece ended with a CR: an LF at the beginning of the next one is the same line's end. */
  #endedWithCr = false;
  #type = '';
  #data: string[] = [];
  #lastEventId = '';
  #retryMs: number | null = null;

  /** How long the server wants to be left alone between two connections; null where it has not said so. */
  get retryMs(): number | null {
    return this.#retryMs;
  }

  /** Take the next bytes; return the events that are complete with them. */
  push(bytes: Uint8Array): ServerEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    const isSameEnd = this.#endedWithCr && text.startsWith('\n');
    this.#endedWithCr = text.endsWith('\r');
    if (isSameEnd) text = text.slice(1);
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#take(line) ?? []);
  }

  #take(line: string): ServerEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    switch (name) {
      case 'event':
        this.#type = value;
        break;
      case 'data':
        this.#data.push(value);
        break;
      case 'id':
        if (!value.includes('\0')) this.#lastEventId = value;
        break;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.#retryMs = Number(value);
        break;
      // Everything else is a comment (its name is empty) or of a later standard.
    }
    return null;
  }

  #dispatch(): ServerEvent | null {
    const [type, data] = [this.#type || 'message', this.#data];
    this.#type = '';
    this.#data = [];
    if (data.length === 0) return null;
    return { type, data: data.join('\n'), lastEventId: this.#lastEventId };
  }
}
