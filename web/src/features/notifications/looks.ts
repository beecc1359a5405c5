import {
  Bell,
  ClipboardList,
  FilePlus,
  FileText,
  Hand,
  HardDrive,
  MessageCircleQuestionMark,
  PackageCheck,
  Siren,
  Truck,
  TriangleAlert,
  Webhook,
  type LucideIcon,
} from 'lucide-react';

import type { Tone } from '@/shared/ui/tone';

import type { NotificationItem, NotificationType } from './api';

interface Look {
  tone: Tone;
  icon: LucideIcon;
  /** What its `related_id` is the id of; null where it is now this, now that, or where the app has no page of it. */
  about: 'upload' | 'report' | null;
}

const LOOKS: Record<NotificationType, Look> = {
  upload_complete: { tone: 'positive', icon: PackageCheck, about: 'upload' },
  upload_failed: { tone: 'critical', icon: TriangleAlert, about: 'upload' },
  upload_held: { tone: 'caution', icon: Hand, about: 'upload' },
  report_assigned: { tone: 'active', icon: ClipboardList, about: 'report' },
  report_ready: { tone: 'positive', icon: FileText, about: 'report' },
  report_addendum: { tone: 'active', icon: FilePlus, about: 'report' },
  additional_data_required: { tone: 'caution', icon: MessageCircleQuestionMark, about: 'report' },
  critical_result: { tone: 'critical', icon: Siren, about: 'report' },
  storage_alert: { tone: 'critical', icon: HardDrive, about: null },
  delivery_alert: { tone: 'caution', icon: Truck, about: null },
  webhook_alert: { tone: 'caution', icon: Webhook, about: null },
};

/** What a gateway tells that is newer than this app. */
const UNKNOWN: Look = { tone: 'neutral', icon: Bell, about: null };

export const KNOWN_TYPES = Object.keys(LOOKS) as NotificationType[];

export function isKnown(type: string): type is NotificationType {
  return Object.hasOwn(LOOKS, type);
}

export function lookOf({ type }: NotificationItem): Look {
  return isKnown(type) ? LOOKS[type] : UNKNOWN;
}

const PAGES = { upload: '/uploads', report: '/reports' };

/** Return the page of what a notification is about; null where there is none. */
export function pageOf(item: NotificationItem): string | null {
  const { about } = lookOf(item);
  return about && item.related_id ? `${PAGES[about]}/${item.related_id}` : null;
}
