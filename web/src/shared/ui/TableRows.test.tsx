import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { TableRows } from './TableRows';

const ALL = Array.from({ length: 10_000 }, (_, index) => index);

/**
 * A browser that sees the first blocks alone, and tells at once that it was otherwise a moment before (Intersection
 * Observer, of which jsdom has nothing).
 */
class NearTheTop {
  readonly #tell: IntersectionObserverCallback;

  constructor(tell: IntersectionObserverCallback) {
    this.#tell = tell;
  }

  observe(element: Element): void {
    const isIntersecting = [...(element.parentElement?.children ?? [])].indexOf(element) < 2;
    const entries = [!isIntersecting, isIntersecting].map((isSeen) => {
      const entry = { isIntersecting: isSeen, boundingClientRect: { height: 1_600 } };
      return entry as IntersectionObserverEntry;
    });
    this.#tell(entries, this as unknown as IntersectionObserver);
  }

  disconnect(): void {
    // Nothing is told any more.
  }
}

beforeEach(() => vi.stubGlobal('IntersectionObserver', NearTheTop));
afterEach(() => vi.unstubAllGlobals());

function Rows({ pinned }: { pinned?: number }) {
  return (
    <div role="table">
      <TableRows
        items={ALL}
        {...(pinned !== undefined && { pinned })}
        row={(item) => (
          <div key={item} role="row">
            <span role="cell">Row {item}</span>
          </div>
        )}
      />
    </div>
  );
}

describe('ten thousand rows', () => {
  it('are drawn where they are seen', () => {
    render(<Rows />);
    expect(screen.getAllByRole('row')).toHaveLength(40);
  });

  it('are drawn where the keyboard goes, and no longer when it has gone on', () => {
    const { rerender } = render(<Rows pinned={9_999} />);
    expect(screen.getByText('Row 9999')).toBeInTheDocument();
    expect(screen.getAllByRole('row')).toHaveLength(60);
    act(() => rerender(<Rows pinned={5_000} />));
    expect(screen.queryByText('Row 9999')).not.toBeInTheDocument();
    expect(screen.getByText('Row 5000')).toBeInTheDocument();
  });
});
