import { Suspense } from 'react';
import { Navigate, Outlet, Route, Routes } from 'react-router';

import { PageSkeleton } from '@/shared/ui/Skeleton';

import { AppFrame } from './AppFrame';
import { CrashBoundary } from './CrashBoundary';
import { Home } from './Home';
import { Notices } from './Notices';
import { ReportPage } from './ReportPage';
import { SessionGate, Waiting } from './SessionGate';
import {
  AccountPage,
  AuditPage,
  AnalyticsPage,
  ConsoleFrame,
  HeldPage,
  DeliveriesPage,
  DeliveryPage,
  DestinationPage,
  DestinationsPage,
  InvitationPage,
  InvitationsPage,
  NewUserPage,
  NewWebhookPage,
  NotFoundPage,
  NotificationsPage,
  RegisterPage,
  ReportsPage,
  ResetPasswordPage,
  SendPage,
  SingleSignOnPage,
  SitesPage,
  SystemPage,
  TellingPage,
  TemplatePage,
  TemplatesPage,
  UploadPage,
  UploadsPage,
  UserPage,
  UsersPage,
  WebhookPage,
  WebhooksPage,
  WorklistPage,
} from './screens';

export function App() {
  return (
    <CrashBoundary>
      <Routes>
        <Route element={<OpenPages />}>
          <Route path="register" element={<RegisterPage />} />
          <Route path="reset-password" element={<ResetPasswordPage />} />
          <Route path="invitation" element={<InvitationPage />} />
          <Route path="sign-in/oidc" element={<SingleSignOnPage />} />
        </Route>
        <Route element={<SignedInPages />}>
          <Route index element={<Home />} />
          <Route path="worklist" element={<WorklistPage />} />
          <Route path="send" element={<SendPage />} />
          <Route path="uploads" element={<UploadsPage />} />
          <Route path="uploads/:uploadId" element={<UploadPage />} />
          <Route path="reports" element={<ReportsPage />} />
          <Route path="reports/:reportId" element={<ReportPage />} />
          <Route path="analytics" element={<AnalyticsPage />} />
          <Route path="templates" element={<TemplatesPage />} />
          <Route path="templates/new" element={<TemplatePage />} />
          <Route path="templates/:templateId" element={<TemplatePage />} />
          <Route path="notifications" element={<NotificationsPage />} />
          <Route path="notifications/settings" element={<TellingPage />} />
          <Route path="account" element={<AccountPage />} />
          <Route path="admin" element={<ConsoleFrame />}>
            <Route index element={<Navigate to="system" replace />} />
            <Route path="users" element={<UsersPage />} />
            <Route path="users/new" element={<NewUserPage />} />
            <Route path="users/:userId" element={<UserPage />} />
            <Route path="sites" element={<SitesPage />} />
            <Route path="invitations" element={<InvitationsPage />} />
            <Route path="audit" element={<AuditPage />} />
            <Route path="system" element={<SystemPage />} />
            <Route path="held" element={<HeldPage />} />
            <Route path="webhooks" element={<WebhooksPage />} />
            <Route path="webhooks/new" element={<NewWebhookPage />} />
            <Route path="webhooks/:webhookId" element={<WebhookPage />} />
            <Route path="destinations" element={<DestinationsPage />} />
            <Route path="destinations/new" element={<DestinationPage />} />
            <Route path="destinations/:destinationId" element={<DestinationPage />} />
            <Route path="deliveries" element={<DeliveriesPage />} />
            <Route path="deliveries/:deliveryId" element={<DeliveryPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Route>
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </CrashBoundary>
  );
}

/** Pages on the way in: nobody has to be signed in. */
function OpenPages() {
  return (
    <>
      <Notices />
      <Suspense fallback={<Waiting />}>
        <Outlet />
      </Suspense>
    </>
  );
}

function SignedInPages() {
  return (
    <SessionGate>
      <AppFrame>
        <Suspense fallback={<PageSkeleton />}>
          <Outlet />
        </Suspense>
      </AppFrame>
    </SessionGate>
  );
}
