import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { preferences } from '@/shared/preferences';

import { DeviceSection } from './DeviceSection';

describe('what people like on this device', () => {
  it('is changed where it is shown, and kept', async () => {
    const user = userEvent.setup();
    render(<DeviceSection />);
    await user.selectOptions(screen.getByLabelText('Language'), 'Français');
    await user.selectOptions(screen.getByLabelText('Appearance'), 'Dark');
    await user.selectOptions(screen.getByLabelText('Usual priority'), 'STAT');
    expect(preferences.read()).toMatchObject({
      language: 'fr',
      theme: 'dark',
      serviceLevel: 'stat',
    });
    await user.selectOptions(screen.getByLabelText('Language'), 'As in the browser (English)');
    expect(preferences.read().language).toBeNull();
  });

  it('asks for the daily limit only while the data saver is on', async () => {
    const user = userEvent.setup();
    render(<DeviceSection />);
    const saver = screen.getByRole('switch', { name: 'Data saver' });
    expect(saver).toHaveAccessibleDescription(/no more than the daily limit/);
    expect(screen.queryByLabelText('Megabytes a day')).not.toBeInTheDocument();
    await user.click(saver);
    expect(screen.getByLabelText('Megabytes a day')).toHaveValue('200');
    expect(preferences.read().dataSaver).toEqual({ on: true, dailyMegabytes: 200 });
    await user.click(saver);
    expect(preferences.read().dataSaver.on).toBe(false);
  });

  it('keeps the last limit while what is typed is none', async () => {
    const user = userEvent.setup();
    preferences.change({ dataSaver: { on: true, dailyMegabytes: 200 } });
    render(<DeviceSection />);
    const limit = screen.getByLabelText('Megabytes a day');
    await user.clear(limit);
    expect(limit).toBeInvalid();
    expect(limit).toHaveAccessibleDescription('Enter a whole number from 10 to 100,000.');
    await user.type(limit, '5');
    expect(preferences.read().dataSaver.dailyMegabytes).toBe(200);
    await user.type(limit, '0');
    expect(limit).toBeValid();
    expect(preferences.read().dataSaver.dailyMegabytes).toBe(50);
  });
});
