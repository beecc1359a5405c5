import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import { useLocation } from 'react-router';

interface Props {
  /** Title of the browser tab, without the product's name. */
  title: string;
  children?: ReactNode;
}

/** The page's h1. Takes the focus after a navigation, as a page load would, but not on the first page. */
export function PageHeading({ title, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key, pathname } = useLocation();
  const arrive = useEffectEvent(() => {
    if (key !== 'default') heading.current?.focus();
  });

  useEffect(() => {
    arrive();
  }, [pathname]);

  return (
    <>
      <title>{`${title} · RelayPACS`}</title>
      <h1 ref={heading} tabIndex={-1} className="min-w-0 text-2xl font-semibold break-words">
        {children ?? title}
      </h1>
    </>
  );
}
