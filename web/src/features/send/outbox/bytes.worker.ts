import { expose } from 'comlink';

import { makePart } from './bundle';
import { encodeChunk } from './encode';

/** What takes the processor's time, away from the page. */
const crew = { makePart, encodeChunk };

export type Crew = typeof crew;

expose(crew);
