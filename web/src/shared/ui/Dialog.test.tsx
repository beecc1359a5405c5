import { act, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';

import { ConfirmDialog } from './ConfirmDialog';
import { Dialog } from './Dialog';

const done = vi.fn();

function Page({ alert = false }: { alert?: boolean }) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button onClick={() => setOpen(true)}>Open</button>
      {open && !alert && (
        <Dialog title="Facts" onClose={close}>
          <p>They are these.</p>
        </Dialog>
      )}
      {open && alert && (
        <ConfirmDialog
          title="Cancel it?"
          action="Cancel the upload"
          onConfirm={done}
          onCancel={close}
        >
          <p>It cannot be undone.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** What a browser does with Escape: jsdom has no modal dialogs. */
function pressEscape(dialog: HTMLElement): void {
  act(() => void dialog.dispatchEvent(new Event('cancel', { cancelable: true })));
}

/** What Chromium does where Escape is pressed twice and a page prevented the first. */
function closeAllTheSame(dialog: HTMLElement): void {
  act(() => {
    (dialog as HTMLDialogElement).close();
  });
}

async function open(alert = false) {
  render(<Page alert={alert} />);
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
}

describe('a dialog', () => {
  it('is modal, says its title, and takes the focus there', async () => {
    const showModal = vi.spyOn(HTMLDialogElement.prototype, 'showModal');
    await open();
    expect(screen.getByRole('dialog', { name: 'Facts' })).toBeVisible();
    expect(screen.getByRole('heading', { name: 'Facts' })).toHaveFocus();
    expect(showModal).toHaveBeenCalledOnce();
  });

  it.each<[string, (dialog: HTMLElement) => void | Promise<void>]>([
    ['Escape', pressEscape],
    ['its button', () => userEvent.click(screen.getByRole('button', { name: 'Close' }))],
    ['a press beside it', (dialog: HTMLElement) => userEvent.click(dialog)],
    ['a browser that insists', closeAllTheSame],
  ])('is closed by %s, and gives the focus back', async (_, close) => {
    await open();
    await close(screen.getByRole('dialog'));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Open' })).toHaveFocus();
  });

  it('is not closed by a press on what it says', async () => {
    await open();
    await userEvent.click(screen.getByText('They are these.'));
    expect(screen.getByRole('dialog')).toBeVisible();
  });
});

describe('a question before something that cannot be undone', () => {
  it('begins at the way back, and says what would happen', async () => {
    await open(true);
    expect(screen.getByRole('alertdialog')).toHaveAccessibleDescription('It cannot be undone.');
    expect(screen.getByRole('button', { name: 'Back' })).toHaveFocus();
    await userEvent.click(screen.getByRole('alertdialog'));
    expect(screen.getByRole('alertdialog')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Back' }));
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument();
    expect(done).not.toHaveBeenCalled();
  });

  it('can be answered', async () => {
    await open(true);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel the upload' }));
    expect(done).toHaveBeenCalledOnce();
  });
});
