import '@testing-library/jest-dom/vitest';
import 'fake-indexeddb/auto';

import { cleanup } from '@testing-library/react';
import { afterAll, afterEach, beforeAll } from 'vitest';

import { loadAllTexts } from '@/app/screens';
import { tokenStore } from '@/shared/api/tokenStore';

import { server } from './server';

beforeAll(async () => {
  server.listen({ onUnhandledRequest: 'error' });
  await loadAllTexts();
});

afterEach(async () => {
  cleanup();
  server.resetHandlers();
  await tokenStore.clear();
});

afterAll(() => server.close());
