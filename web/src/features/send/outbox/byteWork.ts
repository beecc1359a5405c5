import { makePart } from './bundle';
import { encodeChunk } from './encode';

/** What takes the processor's time, away from the page. */
export const byteWork = { makePart, encodeChunk };

export type ByteWork = typeof byteWork;
