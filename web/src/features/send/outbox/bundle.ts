import { zipSync, type Zippable } from 'fflate';

import { readSource } from '../scan/source';

import { fingerprint } from './fingerprint';
import type { PlannedPart } from './packing';
import type { Ingredient } from './types';

/** The first moment that a ZIP can name (APPNOTE 4.4.6): the same files must give the same bytes each time. */
const WHEN = new Date(1980, 0, 1);

export interface MadePart {
  bytes: Blob;
  ingredients: Ingredient[];
}

/** Make a part: the file as it is, or a ZIP in which the files are stored. Raises when a file can't be read. */
export async function makePart(planned: PlannedPart): Promise<MadePart> {
  const [only] = planned.members;
  if (!planned.isBundle && only?.file.source.member === null) {
    const { file } = only.file.source;
    const sha256 = await fingerprint(file);
    return { bytes: file, ingredients: [{ name: only.name, size: file.size, sha256 }] };
  }
  const ingredients: Ingredient[] = [];
  const members: Zippable = {};
  for (const { name, file } of planned.members) {
    const content = (await readSource(file.source)) as Uint8Array<ArrayBuffer>;
    const sha256 = await fingerprint(content);
    ingredients.push({ name, size: content.byteLength, sha256 });
    members[name] = [content, { level: 0, mtime: WHEN }];
  }
  return { bytes: new Blob([bodyOf(planned, members)]), ingredients };
}

function bodyOf(planned: PlannedPart, members: Zippable): Uint8Array<ArrayBuffer> {
  if (planned.isBundle) return zipSync(members, { mtime: WHEN });
  const [content] = Object.values(members)[0] as [Uint8Array<ArrayBuffer>, unknown];
  return content;
}
