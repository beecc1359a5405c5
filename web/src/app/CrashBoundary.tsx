import { Component, type ReactNode } from 'react';

import { i18next } from '@/shared/i18n';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';

/** The last resort: a page that cannot be drawn, mostly since its code could not be loaded. React logs the error. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <div className="mx-auto max-w-xl p-6">
        <Alert
          tone="critical"
          assertive
          title={i18next.t('problem.crashTitle')}
          action={<Button onClick={() => window.location.reload()}>{i18next.t('reload')}</Button>}
        >
          <p>{i18next.t('problem.crashDetail')}</p>
        </Alert>
      </div>
    );
  }
}
