import '@testing-library/jest-dom/vitest';
import 'fake-indexeddb/auto';

import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll } from 'vitest';

import { loadAllTexts } from '@/app/screens';
import { tokenStore } from '@/shared/api/tokenStore';
import { currentUser } from '@/shared/currentUser';
import { forgetKept } from '@/shared/kept/forget';
import { preferences } from '@/shared/preferences';

import { haveDialogs } from './dialogs';
import { server } from './server';

haveDialogs();

// Screens load when they are first shown, which takes a busy machine more than the second that is the default.
configure({ asyncUtilTimeout: 4_000 });

beforeAll(async () => {
  server.listen({ onUnhandledRequest: 'error' });
  await loadAllTexts();
});

afterEach(async () => {
  cleanup();
  server.resetHandlers();
  await tokenStore.clear();
  await forgetKept();
  currentUser.set(null);
  localStorage.clear();
  preferences.reload();
});

afterAll(() => server.close());
