import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { session } from '@/shared/api/session';
import { unsent } from '@/shared/unsent';
import { API, rotatingTokens, server } from '@/test/server';

import { SignOutButton } from './SignOutButton';

beforeEach(async () => {
  rotatingTokens();
  server.use(http.post(`${API}/auth/logout`, () => new HttpResponse(null, { status: 204 })));
  await session.begin({ access_token: 'access', refresh_token: 'refresh-0' });
});
afterEach(() => unsent.set({ studies: 0, reports: 0 }));

const press = (name: string) => userEvent.click(screen.getByRole('button', { name }));

describe('SignOutButton', () => {
  it('asks first while studies wait to be sent', async () => {
    unsent.set({ studies: 2 });
    render(<SignOutButton />);
    await press('Sign out');
    expect(await screen.findByRole('alertdialog')).toHaveAccessibleName(
      '2 studies have not been sent yet',
    );
    expect(session.state().phase).toBe('signed-in');
    await press('Sign out all the same');
    await expect.poll(() => session.state().phase).toBe('signed-out');
  });

  it('asks first while this device has text of a report that the gateway has not', async () => {
    unsent.set({ reports: 1 });
    render(<SignOutButton />);
    await press('Sign out');
    const question = await screen.findByRole('alertdialog');
    expect(question).toHaveAccessibleName(/wrote in 1 report/);
    expect(question).toHaveAccessibleDescription(/It stays on this device/);
    expect(screen.queryByText(/studies/)).not.toBeInTheDocument();
  });

  it('names both where both wait', async () => {
    unsent.set({ studies: 1, reports: 2 });
    render(<SignOutButton />);
    await press('Sign out');
    const question = await screen.findByRole('alertdialog');
    expect(question).toHaveAccessibleName('1 study has not been sent yet');
    expect(question).toHaveAccessibleDescription(/wrote in 2 reports/);
  });

  it('stays when somebody thinks better of it', async () => {
    unsent.set({ studies: 1 });
    render(<SignOutButton />);
    await press('Sign out');
    await press('Back');
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument();
    expect(session.state().phase).toBe('signed-in');
  });

  it('asks nothing when everything is sent', async () => {
    render(<SignOutButton />);
    await press('Sign out');
    await expect.poll(() => session.state().phase).toBe('signed-out');
  });
});
