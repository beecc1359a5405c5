import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';

import { session } from '@/shared/api/session';

import { App } from './App';
import { followPreferences } from './appearance';
import { updates } from './updates';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

void session.restore();
await followPreferences();

createRoot(root).render(
  <StrictMode>
    <BrowserRouter>
      <App />
    </BrowserRouter>
  </StrictMode>,
);

// Not before everything that the first page needs is here: the service worker fetches the whole shell.
if (import.meta.env.PROD) window.addEventListener('load', () => void updates.start());
