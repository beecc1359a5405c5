import { claim } from '../api';
import { isOpenHere } from '../reading';
import { DraftWriter } from '../writer';
import { database } from './database';
import { DraftPlace } from './drafts';
import { parting } from './parting';

/**
 * Bring up the drafts that somebody has left on this device, such as by closing the tab without network.
 *
 * What is open is brought up by its own page. What cannot be brought up without a choice, or is somebody else's to read
 * by now, waits for the page to be opened.
 */
export async function bringUpAll(owner: string, signal: AbortSignal): Promise<void> {
  await parting.takeUp(owner);
  const drafts = await database.drafts.where({ owner }).toArray();
  for (const draft of drafts) {
    if (signal.aborted) return;
    if (draft.kind === 'report' && !isOpenHere(draft.reportId)) await bringUp(draft.reportId);
  }
}

async function bringUp(reportId: string): Promise<void> {
  const place = new DraftPlace(reportId, 'report');
  try {
    const report = await claim(reportId);
    const writer = new DraftWriter(report, await place.recall(), place, () => undefined);
    await writer.save();
    writer.close();
  } catch (error) {
    console.info('What was written is still on this device', error);
  }
}
