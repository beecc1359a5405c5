import { lazy, type ComponentType } from 'react';

import { loadTexts, type Texts } from '@/shared/i18n';

const texts = import.meta.glob<Texts>(
  ['../features/*/locales/**/*.json', '../shared/pacs/locales/*.json'],
  { import: 'default' },
);

/** Where each namespace of texts lies. What the sign-in page does not say is not loaded with it. */
const folders = {
  identity: 'identity/locales',
  account: 'identity/locales/account',
  queue: 'send/locales/queue',
  uploads: 'uploads/locales',
  notifications: 'notifications/locales',
  telling: 'notifications/locales/telling',
  pick: 'send/locales/pick',
  worklist: 'worklist/locales',
  reading: 'reading/locales',
  templates: 'templates/locales',
  console: 'console/locales',
  people: 'people/locales',
  audit: 'audit/locales',
  analytics: 'analytics/locales',
  system: 'system/locales',
  webhooks: 'webhooks/locales',
  destinations: 'destinations/locales',
  deliveries: 'deliveries/locales',
  pacs: '../shared/pacs/locales',
};

type Namespace = keyof typeof folders;

/** Load a screen of a feature together with the texts that it says, when it is first shown. */
function screen<Props extends object>(
  namespaces: Namespace[],
  load: () => Promise<{ default: ComponentType<Props> }>,
) {
  return lazy(async () => {
    const [module] = await Promise.all([load(), ...namespaces.map(loadNamespace)]);
    return module;
  });
}

function loadNamespace(namespace: Namespace): Promise<void> {
  return loadTexts(namespace, (language) => texts[pathOf(namespace, language)]);
}

/** What features share lies beside them. */
function pathOf(namespace: Namespace, language: string): string {
  const folder = folders[namespace];
  const home = folder.startsWith('../') ? '' : '../features/';
  return `${home}${folder}/${language}.json`;
}

/** Load every text there is: for tests that draw a component without its screen. */
export async function loadAllTexts(): Promise<void> {
  await Promise.all((Object.keys(folders) as Namespace[]).map(loadNamespace));
}

const account = ['identity', 'account'] satisfies Namespace[];
const people = ['people', 'identity'] satisfies Namespace[];

export const SignInPage = screen(
  ['identity'],
  () => import('@/features/identity/pages/SignInPage'),
);
export const AccountMenu = screen(
  ['identity'],
  () => import('@/features/identity/components/AccountMenu'),
);
export const AccountPage = screen(account, () => import('@/features/identity/pages/AccountPage'));
export const RegisterPage = screen(account, () => import('@/features/identity/pages/RegisterPage'));
export const ResetPasswordPage = screen(
  account,
  () => import('@/features/identity/pages/ResetPasswordPage'),
);
export const InvitationPage = screen(
  account,
  () => import('@/features/identity/pages/InvitationPage'),
);
export const SingleSignOnPage = screen(
  account,
  () => import('@/features/identity/pages/SingleSignOnPage'),
);
export const UploadsPage = screen(
  ['uploads'],
  () => import('@/features/uploads/pages/UploadsPage'),
);
export const UploadPage = screen(['uploads'], () => import('@/features/uploads/pages/UploadPage'));
export const ReportsPage = screen(
  ['uploads'],
  () => import('@/features/uploads/pages/ReportsPage'),
);
export const WorklistPage = screen(
  ['worklist'],
  () => import('@/features/worklist/pages/WorklistPage'),
);
export const SentReportPage = screen(
  ['uploads'],
  () => import('@/features/uploads/pages/ReportPage'),
);
export const ReadingPage = screen(
  ['reading'],
  () => import('@/features/reading/pages/ReadingPage'),
);
export const SendPage = screen(['pick', 'queue'], () => import('@/features/send/pages/SendPage'));
export const NotificationBell = screen(
  ['notifications'],
  () => import('@/features/notifications/components/NotificationBell'),
);
export const NotificationsPage = screen(
  ['notifications'],
  () => import('@/features/notifications/pages/NotificationsPage'),
);
export const TellingPage = screen(
  ['notifications', 'telling'],
  () => import('@/features/notifications/pages/TellingPage'),
);
export const TemplatesPage = screen(
  ['templates'],
  () => import('@/features/templates/pages/TemplatesPage'),
);
export const TemplatePage = screen(
  ['templates'],
  () => import('@/features/templates/pages/TemplatePage'),
);
export const AnalyticsPage = screen(
  ['analytics', 'pacs'],
  () => import('@/features/analytics/pages/AnalyticsPage'),
);
export const OutboxRunner = lazy(() => import('@/features/send/components/OutboxRunner'));
export const DraftsRunner = lazy(() => import('@/features/reading/components/DraftsRunner'));
export const Toaster = lazy(() => import('@/shared/ui/Toaster'));
export const NotFoundPage = lazy(() => import('./NotFoundPage'));
export const ConsoleFrame = screen(
  ['console'],
  () => import('@/features/console/pages/ConsoleFrame'),
);
export const UsersPage = screen(people, () => import('@/features/people/pages/UsersPage'));
export const UserPage = screen(people, () => import('@/features/people/pages/UserPage'));
export const NewUserPage = screen(people, () => import('@/features/people/pages/NewUserPage'));
export const SitesPage = screen(people, () => import('@/features/people/pages/SitesPage'));
export const InvitationsPage = screen(
  people,
  () => import('@/features/people/pages/InvitationsPage'),
);
export const AuditPage = screen(
  ['audit', 'identity'],
  () => import('@/features/audit/pages/AuditPage'),
);
export const SystemPage = screen(['system'], () => import('@/features/system/pages/SystemPage'));
export const HeldPage = screen(['system'], () => import('@/features/system/pages/HeldPage'));
export const WebhooksPage = screen(
  ['webhooks'],
  () => import('@/features/webhooks/pages/WebhooksPage'),
);
export const WebhookPage = screen(
  ['webhooks'],
  () => import('@/features/webhooks/pages/WebhookPage'),
);
export const NewWebhookPage = screen(
  ['webhooks'],
  () => import('@/features/webhooks/pages/NewWebhookPage'),
);
export const DestinationsPage = screen(
  ['destinations', 'pacs'],
  () => import('@/features/destinations/pages/DestinationsPage'),
);
export const DestinationPage = screen(
  ['destinations', 'pacs'],
  () => import('@/features/destinations/pages/DestinationPage'),
);
export const DeliveriesPage = screen(
  ['deliveries', 'pacs'],
  () => import('@/features/deliveries/pages/DeliveriesPage'),
);
export const DeliveryPage = screen(
  ['deliveries', 'pacs'],
  () => import('@/features/deliveries/pages/DeliveryPage'),
);
