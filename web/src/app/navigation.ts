import {
  ChartColumn,
  FileText,
  List,
  ListChecks,
  Send,
  Settings,
  type LucideIcon,
} from 'lucide-react';

import type { CurrentUser } from '@/shared/currentUser';

type Role = CurrentUser['role'];

interface Destination {
  to: string;
  icon: LucideIcon;
  /** What it is called: a text of the common namespace. */
  name: `nav.${'worklist' | 'send' | 'uploads' | 'reports' | 'analytics' | 'admin'}`;
  /** Whose work it is a part of; everybody's where none is named. */
  roles?: readonly Role[];
}

/** Where the main navigation leads, in this order. A phone has room for five. */
const DESTINATIONS: readonly Destination[] = [
  { to: '/worklist', icon: ListChecks, name: 'nav.worklist', roles: ['radiologist', 'admin'] },
  { to: '/send', icon: Send, name: 'nav.send' },
  { to: '/uploads', icon: List, name: 'nav.uploads' },
  { to: '/reports', icon: FileText, name: 'nav.reports', roles: ['clinician', 'radiographer'] },
  { to: '/analytics', icon: ChartColumn, name: 'nav.analytics' },
  { to: '/admin', icon: Settings, name: 'nav.admin', roles: ['admin'] },
];

/** Where the navigation leads somebody; undefined: as long as nobody knows who it is. */
export function destinationsOf(role: Role | undefined): readonly Destination[] {
  return DESTINATIONS.filter(({ roles }) => !roles || (role && roles.includes(role)));
}

/** The page that somebody's work begins with. */
export function homeOf(role: Role | undefined): string {
  return role === 'radiologist' ? '/worklist' : '/uploads';
}
