import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { session } from '@/shared/api/session';
import { adoptBrowserLanguage } from '@/shared/i18n';

import { App } from './App';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

void session.restore();
await adoptBrowserLanguage();

createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <App />
    </BrowserRouter>
  </StrictMode>,
);
