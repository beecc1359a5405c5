import { database } from './db';

/** Limit how much may be sent on one day; null: no limit. */
export async function limitTraffic(bytes: number | null): Promise<void> {
  await database.settings.put({ name: 'daily-limit', bytes });
}

/** Note that so many bytes were put on the wire today. */
export async function noteTraffic(bytes: number): Promise<void> {
  const day = today();
  await database.transaction('rw', database.traffic, async () => {
    const row = await database.traffic.get(day);
    await database.traffic.put({ day, bytes: (row?.bytes ?? 0) + bytes });
    await database.traffic.where('day').below(day).delete();
  });
}

/** Whether today's limit is reached. */
export async function isUsedUp(): Promise<boolean> {
  const limit = (await database.settings.get('daily-limit'))?.bytes ?? null;
  if (limit === null) return false;
  return ((await database.traffic.get(today()))?.bytes ?? 0) >= limit;
}

function today(): string {
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
