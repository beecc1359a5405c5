import { render } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { LoadMore } from './LoadMore';

/** A browser in which the end was far away and has come into view since it told last. */
class ComeNear {
  readonly #tell: IntersectionObserverCallback;

  constructor(tell: IntersectionObserverCallback) {
    this.#tell = tell;
  }

  observe(): void {
    const entries = [false, true].map(
      (isIntersecting) => ({ isIntersecting }) as IntersectionObserverEntry,
    );
    this.#tell(entries, this as unknown as IntersectionObserver);
  }

  disconnect(): void {
    // Nothing is told any more.
  }
}

it('loads by itself when its end has come into view, also when that was told together with what was before', () => {
  vi.stubGlobal('IntersectionObserver', ComeNear);
  const more = vi.fn();
  render(<LoadMore busy={false} error={null} onMore={more} />);
  expect(more).toHaveBeenCalledTimes(1);
});
