/** The pages of the console, in the order of its navigation; `name` is a text of the namespace. */
export const CONSOLE_PAGES = [
  { to: '/admin/system', name: 'pages.system' },
  { to: '/admin/deliveries', name: 'pages.deliveries' },
  { to: '/admin/held', name: 'pages.held' },
  { to: '/admin/destinations', name: 'pages.destinations' },
  { to: '/admin/users', name: 'pages.users' },
  { to: '/admin/sites', name: 'pages.sites' },
  { to: '/admin/invitations', name: 'pages.invitations' },
  { to: '/admin/webhooks', name: 'pages.webhooks' },
  { to: '/admin/audit', name: 'pages.audit' },
] as const;
