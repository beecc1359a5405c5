import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { LanguageSelect } from '@/shared/ui/LanguageSelect';
import { Logo } from '@/shared/ui/Logo';

interface Props {
  title: string;
  /** Stands above the card: why the person is here. */
  notice?: ReactNode;
  /** Lead the reader to the heading: for a page that took the place of another, or of a form. */
  arriving?: boolean;
  /** Stands below the card: other ways to go. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A page on the way in: the product's name, and one card with what there is to do. */
export function CardPage({ title, notice, arriving = false, aside, children }: Props) {
  const { t } = useTranslation('identity');
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (arriving) heading.current?.focus();
  }, [arriving, title]);

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-4 py-10">
      <title>{`${title} · RelayPACS`}</title>
      <div className="flex flex-col items-center gap-2 text-center">
        <Logo className="size-12" />
        <p className="text-xl font-semibold">RelayPACS</p>
        <p className="text-sm text-muted">{t('tagline')}</p>
      </div>
      {notice}
      <section className="flex flex-col gap-5 rounded-card border border-line bg-surface p-5 shadow-sm sm:p-8">
        <h1 ref={heading} tabIndex={-1} className="text-lg font-semibold">
          {title}
        </h1>
        {children}
      </section>
      {aside && <div className="text-center text-sm text-balance text-muted">{aside}</div>}
      <LanguageSelect />
    </main>
  );
}
