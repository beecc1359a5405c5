import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { preferences } from '@/shared/preferences';
import { worklistNews } from '@/shared/worklistNews';
import { FakeWorklist, named } from '@/test/fakeWorklist';
import { sendingElsewhere, sendingNowhere } from '@/test/otherTab';
import { address } from '@/test/showApp';

let worklist: FakeWorklist;

beforeEach(() => {
  sendingElsewhere();
  worklist = new FakeWorklist();
});
afterEach(sendingNowhere);

describe('the keyboard', () => {
  beforeEach(() => {
    worklist.studies = ['A', 'B', 'C', 'D'].map((letter) => named(`${letter}^PATIENT`));
  });
  const tabStops = () => ['A', 'B', 'C', 'D'].map((letter) => link(letter).tabIndex);
  const link = (letter: string) => screen.getByRole('link', { name: `${letter}, PATIENT` });

  it('goes through the rows, of which Tab reaches one, and opens a study', async () => {
    await worklist.open();
    await screen.findByText('4 studies');
    const user = userEvent.setup();
    expect(tabStops()).toEqual([0, -1, -1, -1]);
    act(() => link('A').focus());
    await user.keyboard('{ArrowDown}{ArrowDown}');
    expect(link('C')).toHaveFocus();
    expect(tabStops()).toEqual([-1, -1, 0, -1]);
    await user.keyboard('{End}');
    expect(link('D')).toHaveFocus();
    await user.keyboard('{ArrowDown}');
    expect(link('D')).toHaveFocus();
    await user.keyboard('{Home}{ArrowUp}');
    expect(link('A')).toHaveFocus();
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(address()).toBe(`/reports/${worklist.studies[1]?.id}`));
  });

  it('goes on where somebody was who comes back from a study', async () => {
    await worklist.open();
    await screen.findByText('4 studies');
    const user = userEvent.setup();
    act(() => link('A').focus());
    await user.keyboard('{ArrowDown}{Enter}');
    await waitFor(() => expect(address()).toBe(`/reports/${worklist.studies[1]?.id}`));
    worklist.studies = worklist.studies.filter((_, index) => index !== 1);
    const nav = screen.getByRole('navigation', { name: 'Main navigation' });
    await user.click(within(nav).getByRole('link', { name: 'Worklist' }));
    await screen.findByText('3 studies');
    await user.keyboard('j');
    expect(link('C')).toHaveFocus();
  });

  it('comes to the rows from anywhere, and to everything that has a key', async () => {
    await worklist.open();
    await screen.findByText('4 studies');
    const user = userEvent.setup();
    await user.keyboard('j');
    expect(link('A')).toHaveFocus();
    await user.keyboard('jjk');
    expect(link('B')).toHaveFocus();
    await user.keyboard('/');
    expect(screen.getByLabelText('Priority')).toHaveFocus();
    act(() => screen.getByLabelText('Priority').blur());
    await user.keyboard('3');
    expect(address()).toBe('/worklist?part=all');
    await user.keyboard('1');
    expect(address()).toBe('/worklist');
    await screen.findByText('4 studies');
    const before = worklist.asked.length;
    await user.keyboard('r');
    await waitFor(() => expect(worklist.asked.length).toBe(before + 1));
    await user.keyboard('?');
    expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    await user.keyboard('3');
    expect(address()).toBe('/worklist');
  });

  it('leaves alone who types, chooses, or uses the browser’s own keys', async () => {
    await worklist.open();
    await screen.findByText('4 studies');
    const user = userEvent.setup();
    act(() => screen.getByLabelText('Priority').focus());
    await user.keyboard('3j?');
    expect(screen.getByLabelText('Priority')).toHaveFocus();
    expect(address()).toBe('/worklist');
    act(() => screen.getByLabelText('Priority').blur());
    await user.keyboard('{Control>}3{/Control}{Alt>}j{/Alt}{Meta>}r{/Meta}');
    expect(document.body).toHaveFocus();
    expect(address()).toBe('/worklist');
  });

  it('does nothing by single keys where somebody has turned them off', async () => {
    await worklist.open();
    await screen.findByText('4 studies');
    const user = userEvent.setup();
    await user.keyboard('?');
    await user.click(screen.getByRole('switch', { name: 'Single-key shortcuts' }));
    expect(preferences.read().singleKeys).toBe(false);
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await user.keyboard('3j?');
    expect(address()).toBe('/worklist');
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    act(() => link('A').focus());
    await user.keyboard('{ArrowDown}');
    expect(link('B')).toHaveFocus();
  });

  it('finds its keys in other layouts', async () => {
    await worklist.open();
    await screen.findByText('4 studies');
    const press = (key: string, code: string, shiftKey = false) =>
      act(() => {
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key, code, shiftKey, bubbles: true, cancelable: true }),
        );
      });
    press('ت', 'KeyJ');
    expect(link('A')).toHaveFocus();
    press('é', 'Digit2');
    expect(address()).toBe('/worklist?part=mine');
    press('؟', 'Slash', true);
    expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  });
});

describe('news', () => {
  it('brings the newest state at once, and once a second however much there is', async () => {
    worklist.studies = [named('DOE^JANE')];
    await worklist.open();
    await screen.findByText('1 study');
    const before = worklist.asked.length;
    worklist.studies = [named('ROE^RICHARD', { service_level: 'stat' }), ...worklist.studies];
    act(() => {
      for (let count = 0; count < 20; count += 1) worklistNews.tell();
    });
    expect(await screen.findByText('ROE, RICHARD')).toBeInTheDocument();
    act(() => worklistNews.tell());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(worklist.asked.length).toBe(before + 1);
    await waitFor(() => expect(worklist.asked.length).toBe(before + 2));
  });

  it('takes the focus from nobody, wherever the row goes', async () => {
    const many = Array.from({ length: 30 }, (_, index) => named(`P${index}^X`));
    worklist.studies = many;
    await worklist.open();
    await screen.findByText('30 studies');
    act(() => screen.getByRole('link', { name: 'P19, X' }).focus());
    const urgent = [1, 2, 3].map((index) => named(`URGENT${index}^X`, { service_level: 'stat' }));
    worklist.studies = [...urgent, ...many];
    act(() => worklistNews.tell());
    await screen.findByText('33 studies');
    expect(screen.getByRole('link', { name: 'P19, X' })).toHaveFocus();

    worklist.studies = worklist.studies.filter(({ patient_name: name }) => name !== 'P19^X');
    act(() => worklistNews.tell());
    await screen.findByText('32 studies');
    expect(screen.getByRole('link', { name: 'P20, X' })).toHaveFocus();
  });

  it('leaves the focus where it is when that is not in the list', async () => {
    worklist.studies = [named('DOE^JANE'), named('ROE^RICHARD')];
    await worklist.open();
    await screen.findByText('2 studies');
    act(() => screen.getByRole('link', { name: 'DOE, JANE' }).focus());
    act(() => screen.getByLabelText('Priority').focus());
    worklist.studies = worklist.studies.slice(1);
    act(() => worklistNews.tell());
    await screen.findByText('1 study');
    expect(screen.getByLabelText('Priority')).toHaveFocus();
  });
});
