import { fireEvent, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { MemoryRouter } from 'react-router';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { session } from '@/shared/api/session';
import { makeDicomFile, makeStack, type Attributes } from '@/test/makeDicom';
import { makeUpload } from '@/test/makeUpload';
import { API, rotatingTokens, server } from '@/test/server';

import type { ReadyStudy } from '../study/ready';
import { PickSection } from './PickSection';
import type { SelectionProps } from './SelectionProvider';

const ROE: Attributes = {
  PatientName: 'ROE^RICHARD',
  PatientID: 'P2',
};
const OTHER: Attributes = { ...ROE, StudyInstanceUID: '1.2.3' };

beforeEach(async () => {
  rotatingTokens();
  await session.begin({ access_token: 'access', refresh_token: 'refresh-0' });
  earlier();
});

/** The gateway has these uploads of every study that it is asked about. */
function earlier(...uploads: ReturnType<typeof makeUpload>[]) {
  server.use(
    http.post(`${API}/upload/search`, () =>
      HttpResponse.json({ items: uploads, next_cursor: null }),
    ),
  );
}

function show(onSend = vi.fn<SelectionProps['onSend']>(() => Promise.resolve())) {
  render(
    <MemoryRouter>
      <PickSection defaultServiceLevel="routine" onSend={onSend} />
    </MemoryRouter>,
  );
  return { onSend, user: userEvent.setup() };
}

const pick = (...files: File[]) =>
  userEvent.upload(screen.getByLabelText(/Choose files|Add files/), files);
const card = (name: string) => screen.findByRole('article', { name });
const sent = (onSend: ReturnType<typeof show>['onSend']) =>
  onSend.mock.calls.map(([ready]) => ready.map(({ metadata }) => metadata));

describe('PickSection', () => {
  it('leads from files to a study that is sent', async () => {
    const { onSend, user } = show();
    await pick(...makeStack(3), new File(['x'], 'README.TXT'));
    const doe = within(await card('DOE, JANE'));
    expect(screen.getByRole('heading', { name: 'Ready to send' })).toHaveFocus();
    expect(doe.getByText('3 images')).toBeVisible();
    expect(doe.getByText(/born .*1970/)).toBeVisible();
    expect(await doe.findByText('No preview')).toBeVisible();
    expect(doe.getByLabelText('Patient name')).toHaveValue('DOE^JANE');
    expect(doe.getByRole('radio', { name: /Routine.*24 hours/ })).toBeChecked();

    await user.click(doe.getByRole('radio', { name: /STAT/ }));
    expect(doe.getByText(/urgent study without a clinical history/)).toBeVisible();
    await user.type(doe.getByLabelText('Clinical history'), 'Fall.');
    expect(doe.getByText('5 of 500 characters')).toBeVisible();
    expect(doe.queryByText(/urgent study without/)).toBeNull();
    await user.click(doe.getByRole('button', { name: 'Send the study of DOE, JANE' }));

    await vi.waitFor(() => expect(screen.queryByRole('article')).toBeNull());
    expect(sent(onSend)).toEqual([
      [
        {
          patient_name: 'DOE^JANE',
          patient_id: 'P1',
          patient_birth_date: '19700101',
          patient_sex: 'F',
          study_date: '20260114',
          modality: 'CT',
          service_level: 'stat',
          clinical_history: 'Fall.',
        },
      ],
    ]);
    const [[ready]] = onSend.mock.calls[0] as [ReadyStudy[]];
    expect(ready?.study.series[0]?.files).toHaveLength(3);
    expect(screen.getByRole('region', { name: 'Choose the images' })).toBeVisible();
  });

  it('says what is left out, and why', async () => {
    const { user } = show();
    await pick(new File(['x'], 'README.TXT'), new File([], 'empty'));
    expect(await screen.findByText('No DICOM images in these files')).toBeVisible();
    await user.click(screen.getByRole('button', { name: '2 files are left out' }));
    expect(screen.getByText('README.TXT')).toBeVisible();
    expect(screen.getByText('No DICOM file')).toBeVisible();
  });

  it('puts a second pick to the first, and sends all at once', async () => {
    const { onSend, user } = show();
    await pick(makeDicomFile('a'));
    const doe = within(await card('DOE, JANE'));
    await user.type(doe.getByLabelText('Clinical history'), 'Kept.');
    await pick(makeDicomFile('b'), makeDicomFile('c', OTHER));
    await card('ROE, RICHARD');
    expect(doe.getByText('2 images')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Send all 2 studies' }));
    await vi.waitFor(() => expect(screen.queryByRole('article')).toBeNull());
    const histories = sent(onSend).map((all) => all.map((one) => one.clinical_history));
    expect(histories).toEqual([['Kept.'], [undefined]]);
  });

  it('leads to the field that has to change before all are sent', async () => {
    const { onSend, user } = show();
    await pick(makeDicomFile('a'), makeDicomFile('c', OTHER));
    const roe = within(await card('ROE, RICHARD'));
    await user.click(roe.getByRole('button', { name: 'Patient and study' }));
    await user.clear(roe.getByLabelText('Patient name'));
    await user.click(roe.getByRole('button', { name: 'Patient and study' }));
    await user.click(screen.getByRole('button', { name: 'Send all 2 studies' }));
    expect(await screen.findByText(/needs your attention/)).toBeVisible();
    expect(roe.getByLabelText('Patient name')).toHaveFocus();
    expect(onSend).not.toHaveBeenCalled();
  });

  it('takes a study out of the selection', async () => {
    const { user } = show();
    await pick(makeDicomFile('a'), makeDicomFile('c', OTHER));
    await card('DOE, JANE');
    await user.click(screen.getByRole('button', { name: /Remove DOE, JANE/ }));
    expect(screen.queryByRole('article', { name: 'DOE, JANE' })).toBeNull();
    expect(await card('ROE, RICHARD')).toBeVisible();
  });

  it('asks for what the files do not say', async () => {
    show();
    await pick(makeDicomFile('a', { PatientName: null, Modality: null, StudyDate: null }));
    const unknown = within(await card('Name unknown'));
    expect(unknown.getByText(/name no patient/)).toBeVisible();
    expect(unknown.getByText(/Choose the modality/)).toBeVisible();
    expect(unknown.getByLabelText('Modality')).toHaveValue('OTHER');
  });

  it('warns of two patients, missing slices and an earlier upload', async () => {
    const before = makeUpload();
    earlier(before);
    show();
    const stack = makeStack(12);
    stack.splice(5, 2);
    await pick(...stack, makeDicomFile('x', ROE));
    const doe = within(await screen.findByRole('article'));
    expect(doe.getByText(/2 different patients/)).toBeVisible();
    expect(doe.getByText(/2 slices seem to be missing/)).toBeVisible();
    expect(await doe.findByText(/sent before/)).toBeVisible();
    expect(doe.getByRole('link', { name: /earlier upload/ })).toHaveAttribute(
      'href',
      `/uploads/${before.upload_id}`,
    );
  });

  it('shows why a study was not taken, and keeps it', async () => {
    const refuse = vi.fn<SelectionProps['onSend']>(() => Promise.reject(new Error('full')));
    const { user } = show(refuse);
    await pick(makeDicomFile('a'));
    const doe = within(await card('DOE, JANE'));
    await user.click(doe.getByRole('button', { name: /^Send/ }));
    expect(await doe.findByRole('alert')).toBeVisible();
    expect(doe.getByRole('button', { name: /^Send/ })).toBeEnabled();
  });

  it('takes what is dropped anywhere', async () => {
    show();
    const file = makeDicomFile('a');
    const dataTransfer = {
      types: ['Files'],
      items: [{ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file }],
    };
    fireEvent.dragOver(document.body, { dataTransfer });
    expect(screen.getByText('Drop here')).toBeVisible();
    fireEvent.drop(document.body, { dataTransfer });
    expect(await card('DOE, JANE')).toBeVisible();
  });

  it('can be stopped while it reads', async () => {
    const { user } = show();
    const never = makeDicomFile('a');
    never.slice = () => ({ arrayBuffer: () => new Promise(() => undefined) }) as Blob;
    await pick(never);
    expect(await screen.findByText('0 of 1 files')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Stop reading' }));
    expect(screen.getByRole('region', { name: 'Choose the images' })).toBeVisible();
    await pick(makeDicomFile('b'));
    expect(await card('DOE, JANE')).toBeVisible();
  });
});
