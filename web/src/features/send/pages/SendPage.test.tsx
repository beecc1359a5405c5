import { render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { describe, expect, it, vi } from 'vitest';

import SendPage from './SendPage';

describe('SendPage', () => {
  it('says over an insecure connection that nothing can be sent, and what to do', () => {
    vi.stubGlobal('isSecureContext', false); // jsdom has no Web Locks either
    render(
      <MemoryRouter>
        <SendPage />
      </MemoryRouter>,
    );
    expect(screen.getByRole('alert')).toHaveTextContent('Open the gateway under its https address');
    expect(screen.queryByText('Choose files')).not.toBeInTheDocument();
  });
});
