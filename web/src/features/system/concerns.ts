import {
  CalendarClock,
  CircleAlert,
  Clock,
  Database,
  Hand,
  HardDrive,
  HelpCircle,
  ListChecks,
  Mail,
  Repeat,
  Truck,
  Unplug,
  Webhook,
  type LucideIcon,
} from 'lucide-react';

import type { Concern } from './api';

type Code = Concern['code'];
/** What there are so many of. */
type Unit = 'deliveries' | 'uploads' | 'files' | 'failures' | 'messages' | 'webhooks';

interface Look {
  icon: LucideIcon;
  unit?: Unit;
  /** The page on which it is mended; null: it is not mended in the app. */
  page: Page | null;
}

/** The pages of the console, and what the link to each is called. */
export const PAGES = {
  destinations: '/admin/destinations',
  refused: '/admin/deliveries?state=attention',
  deliveries: '/admin/deliveries?state=waiting',
  held: '/admin/held',
  webhooks: '/admin/webhooks',
} as const;
type Page = keyof typeof PAGES;

const LOOKS: Record<Code, Look> = {
  'database-silent': { icon: Database, page: null },
  'writing-silent': { icon: Database, page: null },
  'storage-fails': { icon: HardDrive, page: null },
  'storage-low': { icon: HardDrive, page: null },
  'redis-silent': { icon: Unplug, page: null },
  'destination-failing': { icon: Unplug, unit: 'deliveries', page: 'destinations' },
  'deliveries-refused': { icon: CircleAlert, unit: 'deliveries', page: 'refused' },
  'deliveries-late': { icon: Truck, unit: 'deliveries', page: 'deliveries' },
  'no-destination': { icon: Truck, unit: 'uploads', page: 'destinations' },
  'checks-late': { icon: ListChecks, unit: 'files', page: null },
  'worker-silent': { icon: Repeat, page: null },
  'job-failed': { icon: Repeat, unit: 'failures', page: null },
  'job-late': { icon: Repeat, page: null },
  'job-stuck': { icon: Repeat, page: null },
  'studies-held': { icon: Hand, unit: 'uploads', page: 'held' },
  'destination-off': { icon: Unplug, unit: 'deliveries', page: 'destinations' },
  'database-slow': { icon: Database, page: null },
  'messages-late': { icon: Mail, unit: 'messages', page: null },
  'webhooks-parked': { icon: Webhook, unit: 'webhooks', page: 'webhooks' },
  'certificate-ended': { icon: CalendarClock, page: null },
  'certificate-ending': { icon: CalendarClock, page: null },
  'clock-differs': { icon: Clock, page: null },
  'part-silent': { icon: HelpCircle, page: null },
};

/** How something that needs attention looks, and where it is mended. */
export function lookOf({ code, name, subject_id: subject }: Concern): Look {
  const look = LOOKS[code];
  if (code === 'messages-late' && name === 'webhook') return { ...look, page: 'webhooks' };
  const isOfDestination = code.startsWith('certificate-') && subject !== null;
  return isOfDestination ? { ...look, page: 'destinations' } : look;
}

/** What tells one from another, also of the same kind. */
export function keyOf({ code, name, subject_id: subject, service_level: level, detail }: Concern) {
  const about = code.startsWith('certificate-') ? detail : '';
  return [code, subject ?? name, level, about].join(' ');
}

/** What stands by itself in `detail` and is not to be read as somebody's words. */
const TOLD_OTHERWISE: ReadonlySet<Code> = new Set(['certificate-ended', 'certificate-ending']);

/** The code of an error, or a destination's own words; empty where the sentence says it all. */
export function wordsOf({ code, detail }: Concern): string {
  return TOLD_OTHERWISE.has(code) ? '' : detail;
}

/** The device's clock and the gateway's may differ by so much before anybody is told. */
const CLOCKS_MAY_DIFFER_MS = 60_000;

/** Return by how many seconds this device's clock is away from the gateway's; null where that is as good as nothing. */
export function clockDifference(gateway: string, heardAt: Date): number | null {
  const difference = heardAt.getTime() - new Date(gateway).getTime();
  return Math.abs(difference) > CLOCKS_MAY_DIFFER_MS ? Math.round(difference / 1000) : null;
}
