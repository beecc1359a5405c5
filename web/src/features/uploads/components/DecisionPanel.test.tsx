import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { makeUpload } from '@/test/makeUpload';
import { answer, API, problem, rotatingTokens, server } from '@/test/server';

import type { Held } from '../api';
import { DecisionPanel } from './DecisionPanel';

const UPLOAD = '00000000-0000-4000-8000-000000000077';
const DECISION = `/upload/${UPLOAD}/decision`;
const twoPatients: Held = {
  patients: [
    {
      key: 'k1',
      patient_name: 'EINS^ANNA',
      patient_id: 'P1',
      patient_birth_date: '19700101',
      instances: 2,
    },
    {
      key: 'k2',
      patient_name: 'ZWEI^BERTA',
      patient_id: 'P2',
      patient_birth_date: '',
      instances: 1,
    },
  ],
  conflicts: [],
  conflict_count: 0,
};
const conflict: Held = {
  patients: [],
  conflicts: [
    {
      sop_instance_uid: '1.2.3',
      contents: [
        { sha256: 'a'.repeat(64), file_name: 'new.dcm', member: null, earlier_upload: null },
        { sha256: 'b'.repeat(64), file_name: 'old.dcm', member: null, earlier_upload: UPLOAD },
      ],
    },
  ],
  conflict_count: 3,
};

async function show(held: Held) {
  rotatingTokens();
  await session.begin({ access_token: 'access', refresh_token: 'refresh-0' });
  const decided = vi.fn();
  render(<DecisionPanel uploadId={UPLOAD} held={held} onDecided={decided} />);
  return { decided, user: userEvent.setup() };
}

describe('a held upload', () => {
  it('shows both patients and is split by them', async () => {
    const bodies = answer('post', DECISION, () => HttpResponse.json(makeUpload()));
    const { decided, user } = await show(twoPatients);
    expect(screen.getByText('EINS, ANNA')).toBeVisible();
    expect(screen.getByText('ZWEI, BERTA')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Send one upload for each patient' }));
    await vi.waitFor(() => expect(decided).toHaveBeenCalled());
    expect(bodies).toEqual([{ action: 'split', patients: [], instances: [] }]);
  });

  it('leaves out whom a person chooses', async () => {
    const bodies = answer('post', DECISION, () => HttpResponse.json(makeUpload()));
    const { decided, user } = await show(twoPatients);
    expect(screen.getByRole('button', { name: /Leave out/ })).toBeDisabled();
    await user.click(screen.getByRole('checkbox', { name: /BERTA/ }));
    await user.click(screen.getByRole('button', { name: 'Leave out 1, send the rest' }));
    await vi.waitFor(() => expect(decided).toHaveBeenCalled());
    expect(bodies).toEqual([{ action: 'drop', patients: ['k2'], instances: [] }]);
  });

  it('cannot be confirmed while two contents have one identifier', async () => {
    const bodies = answer('post', DECISION, () => HttpResponse.json(makeUpload()));
    const { user } = await show(conflict);
    expect(screen.queryByRole('button', { name: /one patient/ })).toBeNull();
    expect(screen.getByRole('checkbox', { name: /old\.dcm/ })).toBeDisabled();
    expect(screen.getByText('and 2 more identifiers like this')).toBeVisible();
    await user.click(screen.getByRole('checkbox', { name: /new\.dcm/ }));
    await user.click(screen.getByRole('button', { name: /Leave out 1/ }));
    await vi.waitFor(() => expect(bodies).toHaveLength(1));
    expect(bodies).toEqual([{ action: 'drop', patients: [], instances: ['a'.repeat(64)] }]);
  });

  it('tells a colleague that others decide', async () => {
    server.use(
      http.post(`${API}${DECISION}`, () => problem(404, 'upload-not-found', 'Not found', '')),
    );
    const { decided, user } = await show(twoPatients);
    await user.click(screen.getByRole('button', { name: /one patient/ }));
    expect(await screen.findByText(/Only the sender or an administrator/)).toBeVisible();
    expect(decided).not.toHaveBeenCalled();
  });
});
