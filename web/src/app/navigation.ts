import { List, Send, type LucideIcon } from 'lucide-react';

interface Destination {
  to: string;
  icon: LucideIcon;
  /** What it is called: a text of the common namespace. */
  name: 'nav.send' | 'nav.uploads';
}

/** Where the main navigation leads, in this order. */
export const DESTINATIONS: readonly Destination[] = [
  { to: '/send', icon: Send, name: 'nav.send' },
  { to: '/uploads', icon: List, name: 'nav.uploads' },
];
