/** What events are about. */
export const OBJECT_KINDS = [
  'session',
  'user',
  'site',
  'invitation',
  'upload',
  'report',
  'template',
  'destination',
  'delivery',
  'webhook',
  'backup',
] as const;
type ObjectKind = (typeof OBJECT_KINDS)[number];

/** Where the app shows an object of a kind; a kind that has no page of its own is not here. */
const PAGES: Partial<Record<ObjectKind, (id: string) => string>> = {
  user: (id) => `/admin/users/${id}`,
  site: () => '/admin/sites',
  invitation: () => '/admin/invitations',
  upload: (id) => `/uploads/${id}`,
  report: (id) => `/reports/${id}`,
  template: (id) => `/templates/${id}`,
  destination: (id) => `/admin/destinations/${id}`,
  delivery: (id) => `/admin/deliveries/${id}`,
  webhook: (id) => `/admin/webhooks/${id}`,
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The kind, where it is one that there are words for: whoever can write to the database can write anything. */
export function objectKind(kind: string): ObjectKind | null {
  return OBJECT_KINDS.find((known) => known === kind) ?? null;
}

/** The page of the app that shows an object; null where there is none. */
export function pageOf(kind: string, id: string): string | null {
  const known = objectKind(kind);
  if (!known || !ID.test(id)) return null;
  return PAGES[known]?.(id) ?? null;
}
