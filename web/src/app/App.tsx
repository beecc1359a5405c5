import { Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';

import { PageSkeleton } from '@/shared/ui/Skeleton';

import { AppFrame } from './AppFrame';
import { CrashBoundary } from './CrashBoundary';
import { SessionGate } from './SessionGate';
import { NotFoundPage, UploadPage, UploadsPage } from './screens';

export function App() {
  return (
    <CrashBoundary>
      <SessionGate>
        <AppFrame>
          <Suspense fallback={<PageSkeleton />}>
            <Routes>
              <Route index element={<Navigate to="/uploads" replace />} />
              <Route path="uploads" element={<UploadsPage />} />
              <Route path="uploads/:uploadId" element={<UploadPage />} />
              <Route path="*" element={<NotFoundPage />} />
            </Routes>
          </Suspense>
        </AppFrame>
      </SessionGate>
    </CrashBoundary>
  );
}
