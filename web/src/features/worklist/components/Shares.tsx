import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { addressOf, ofShare, type Share, type View } from '../view';

interface Props {
  view: View;
  shares: readonly Share[];
}

/** The parts of the worklist, each with an address of its own. */
export function Shares({ view, shares }: Props) {
  const { t } = useTranslation('worklist');
  return (
    <nav aria-label={t('share.label')}>
      <ul className="flex gap-1 rounded-control border border-line-strong bg-surface p-1">
        {shares.map((share) => (
          <li key={share} className="grow">
            <Link
              to={{ search: addressOf(ofShare(view, share)).toString() }}
              aria-current={share === view.share ? 'page' : undefined}
              className="flex min-h-11 items-center justify-center rounded-md px-4 text-sm font-semibold text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-brand aria-[current=page]:text-on-brand sm:min-h-9"
            >
              {t(`share.${share}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
