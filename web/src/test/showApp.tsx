import { render, screen } from '@testing-library/react';
import { MemoryRouter, useLocation } from 'react-router';

import { App } from '@/app/App';

/** Show the app at an address. */
export function showApp(address: string): void {
  render(
    <MemoryRouter initialEntries={[address]}>
      <App />
      <Address />
    </MemoryRouter>,
  );
}

/** Where the app is now. */
export function address(): string | null {
  return screen.getByTestId('address').textContent;
}

function Address() {
  const { pathname, search, hash } = useLocation();
  return <output data-testid="address">{pathname + search + hash}</output>;
}
