import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { OTHER, READER, type FakeReading } from '@/test/fakeReading';
import { beginReading, endReading, findings, openStudy, press, saved } from '@/test/showReading';

let gateway: FakeReading;

beforeEach(async () => {
  gateway = await beginReading();
});
afterEach(async () => {
  await endReading();
  vi.unstubAllGlobals();
});

describe('more data', () => {
  it('is asked for in words; the study leaves the reader, and the text stays', async () => {
    openStudy();
    await userEvent.type(await findings(), 'Half a head.');
    await press('Ask the sender…');
    await press('Send the question');
    expect(await screen.findByLabelText('Your question')).toBeInvalid();
    await userEvent.type(screen.getByLabelText('Your question'), 'Where is the rest?');
    await press('Send the question');
    expect(await screen.findByText('The sender is asked')).toBeVisible();
    expect(gateway.questions).toEqual(['Where is the rest?']);
    expect(gateway.report.draft?.findings).toBe('Half a head.');
    expect(screen.queryByLabelText('Findings')).not.toBeInTheDocument();
  });
});

describe('a PDF', () => {
  it('takes the place of the pages, can be looked at, and taken out again', async () => {
    // jsdom's own cannot be sent from here.
    vi.stubGlobal('Blob', (await new Response().blob()).constructor);
    URL.createObjectURL = () => 'blob:pdf';
    URL.revokeObjectURL = () => undefined;
    openStudy();
    await findings();
    const file = new File(['%PDF-1.7 %%EOF'], 'dictated.pdf', { type: 'application/pdf' });
    await userEvent.upload(screen.getByLabelText('Bring a PDF instead…'), file);
    expect(await screen.findByText('dictated.pdf')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Look at it' })).toHaveAttribute('href', 'blob:pdf');
    expect(gateway.report.draft?.pdf_size).toBe(file.size);
    await userEvent.type(await findings(), 'See the PDF.');
    await userEvent.tab();
    await saved();
    await press('Take it out');
    expect(await screen.findByLabelText('Bring a PDF instead…')).toBeInTheDocument();
    expect(gateway.report.draft?.pdf_size).toBeNull();
  });

  it('is not sent where it is too large', async () => {
    openStudy();
    await findings();
    const file = new File([new Uint8Array(6 * 1024 ** 2 + 1)], 'large.pdf', {
      type: 'application/pdf',
    });
    await userEvent.upload(screen.getByLabelText('Bring a PDF instead…'), file);
    expect(await screen.findByText('This PDF is too large')).toBeVisible();
    expect(gateway.count('pdf')).toBe(0);
  });
});

describe('earlier studies', () => {
  it('open beside the report, and are mentioned in it when that is asked for', async () => {
    const text = { findings: 'Old infarct.', impression: 'Stable.', recommendation: '' };
    gateway.priors = [
      {
        ...text,
        report_id: 'prior',
        study_date: '20260103',
        modality: 'CT',
        body_part: 'HEAD',
        study_description: 'Head',
        patient_name: 'DOE^J',
        patient_birth_date: '19640229',
        differs: ['patient_name'],
        status: 'ready',
        is_critical: false,
        reported_at: '2026-01-03T12:00:00Z',
        radiologist: 'Dr. Anna',
        addenda: [],
      },
    ];
    openStudy();
    await userEvent.type(await findings(), 'No bleeding.');
    await press(/CT HEAD.*2026/);
    expect(screen.getByText('Old infarct.')).toBeVisible();
    expect(screen.getByText(/it may be of somebody else/)).toBeVisible();
    await press('Mention in the findings');
    expect(await findings()).toHaveValue('No bleeding.\nComparison: CT of 2026-01-03.');
  });

  it('are none, in words', async () => {
    openStudy();
    expect(await screen.findByText('Nothing else is known of this patient.')).toBeVisible();
  });
});

describe('templates', () => {
  const template = {
    id: 't',
    name: 'Head',
    findings: 'Brain: \n',
    impression: '',
    recommendation: 'None.',
    is_mine: true,
    owner: 'Dr. Ray',
  };

  it('fill what is empty, and ask before they replace what is written', async () => {
    gateway.templates = [template];
    openStudy();
    await findings();
    await press('Templates');
    expect(await screen.findByRole('option', { name: 'Head' })).toBeInTheDocument();
    await press('Insert');
    expect(await findings()).toHaveValue('Brain: \n');
    expect(screen.getByLabelText('Recommendation')).toHaveValue('None.');
    await userEvent.type(await findings(), 'Swollen.');
    await press('Insert');
    expect(await screen.findByRole('alertdialog')).toHaveAccessibleDescription(
      /Findings, Recommendation/,
    );
    await press('Back');
    expect(await findings()).toHaveValue('Brain: \nSwollen.');
    await press('Insert');
    await press('Replace');
    expect(await findings()).toHaveValue('Brain: \n');
  });

  it('are headings alone where nobody has kept any, what fits first', async () => {
    openStudy();
    await findings();
    await press('Templates');
    const options = await screen.findAllByRole('option');
    expect(options[0]).toHaveTextContent('CT of the head');
    await press('Insert');
    expect(await findings()).toHaveTextContent(/Ventricles and cisterns:/);
  });

  it('are kept from what is written', async () => {
    openStudy();
    await userEvent.type(await findings(), 'Brain:');
    await press('Templates');
    await press('Keep as a template…');
    const dialog = await screen.findByRole('dialog', { name: 'Keep as a template' });
    await userEvent.clear(within(dialog).getByLabelText('Name'));
    await userEvent.type(within(dialog).getByLabelText('Name'), 'My head');
    await userEvent.click(within(dialog).getByRole('switch', { name: 'Share with colleagues' }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Keep the template' }));
    await waitFor(() => expect(gateway.kept).toHaveLength(1));
    expect(gateway.kept[0]).toEqual({
      name: 'My head',
      modality: 'CT',
      body_part: 'HEAD',
      findings: 'Brain:',
      impression: '',
      recommendation: '',
      is_shared: true,
    });
  });
});

describe('an administrator', () => {
  const admin = { ...READER, id: READER.id, role: 'admin' };

  it('looks, takes over from who has it, and releases it', async () => {
    gateway.take();
    openStudy(admin);
    expect(await screen.findByText(`${OTHER.name} is reading this study`)).toBeVisible();
    expect(gateway.count('claim')).toBe(0);
    expect(screen.getByRole('link', { name: 'Open the upload' })).toBeVisible();
    await press('Take over');
    await userEvent.click(
      within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Take over' }),
    );
    expect(await screen.findByText('You have taken this study over')).toBeVisible();
    await press('Release it to everybody');
    expect(await screen.findByText(/radiologists read it/)).toBeVisible();
    expect(gateway.report.lock).toBeNull();
  });
});
