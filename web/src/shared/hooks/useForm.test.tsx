import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import { ApiError } from '@/shared/api/problem';
import { Field } from '@/shared/ui/Field';

import { useForm } from './useForm';

function refusal(changes: Partial<ApiError>): ApiError {
  const plain = { status: 422, code: '', title: 'No', detail: 'No.', traceId: null };
  return new ApiError({ ...plain, fields: {}, retryAfter: null, facts: {}, ...changes });
}

interface Values {
  name: string;
  motto: string;
}

function Example({ send }: { send: (values: Values) => Promise<void> }) {
  const { busy, error, field, form } = useForm({
    initial: { name: '', motto: '' },
    optional: ['motto'],
    places: { 'name-taken': 'name' },
    send,
  });
  return (
    <form {...form}>
      <Field label="Motto" {...field('motto')} />
      <Field label="Name" {...field('name')} />
      <button type="submit">{busy ? 'Busy' : 'Send'}</button>
      {error instanceof Error && <p role="alert">{error.message}</p>}
    </form>
  );
}

const send = () => userEvent.click(screen.getByRole('button'));

describe('useForm', () => {
  it('asks for what is missing, leads there, and sends nothing', async () => {
    const sent = vi.fn(() => Promise.resolve());
    render(<Example send={sent} />);
    await send();
    expect(screen.getByLabelText('Name')).toHaveFocus();
    expect(screen.getByLabelText('Name')).toHaveAccessibleDescription('Fill in this field.');
    expect(screen.getByLabelText('Motto')).toBeValid();
    expect(sent).not.toHaveBeenCalled();
  });

  it('sends what was typed, once at a time', async () => {
    let finish: () => void = () => undefined;
    const sent = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    render(<Example send={sent} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Jane{Enter}{Enter}');
    expect(await screen.findByText('Busy')).toBeInTheDocument();
    expect(sent.mock.calls).toEqual([[{ name: 'Jane', motto: '' }]]);
    finish();
    expect(await screen.findByText('Send')).toBeInTheDocument();
  });

  it('shows a refusal at the field that it is about, until that changes', async () => {
    render(
      <Example send={() => Promise.reject(refusal({ code: 'name-taken', detail: 'Taken.' }))} />,
    );
    await userEvent.type(screen.getByLabelText('Name'), 'Jane{Enter}');
    expect(await screen.findByText('Taken.')).toBeInTheDocument();
    expect(screen.getByLabelText('Name')).toHaveFocus();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    await userEvent.keyboard('t');
    expect(screen.getByLabelText('Name')).toBeValid();
  });

  it("shows the gateway's words about a member of the body at its field", async () => {
    render(<Example send={() => Promise.reject(refusal({ fields: { motto: 'Too long.' } }))} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Jane{Enter}');
    expect(await screen.findByText('Too long.')).toBeInTheDocument();
    expect(screen.getByLabelText('Motto')).toHaveFocus();
  });

  it('hands on everything else', async () => {
    render(<Example send={() => Promise.reject(refusal({ detail: 'Closed.' }))} />);
    await userEvent.type(screen.getByLabelText('Name'), 'Jane{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Closed.');
  });
});
