import { Keyboard } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { PageHeading } from '@/shared/ui/PageHeading';

import { useShortcuts } from '../hooks/useShortcuts';
import { useSites } from '../hooks/useSites';
import { useView } from '../hooks/useView';
import { addressOf, type Share } from '../view';

import { SavedViewChoice, SavedViewsButton } from './SavedViews';
import { Shares } from './Shares';
import { ShortcutsDialog } from './ShortcutsDialog';
import { Worklist } from './Worklist';
import { WorklistFilters } from './WorklistFilters';

/** The page of the worklist: its parts, its filters, and the studies. */
export function WorklistView() {
  const { t } = useTranslation('worklist');
  const { view, shares, change, show, clear } = useView();
  const sites = useSites();
  const filters = useRef<HTMLElement>(null);
  const [showsKeys, setShowsKeys] = useState(false);
  const [first, second, third] = shares;
  const goTo = (share: Share | undefined) => share && change({ share });

  useShortcuts({
    '/': () => filters.current?.querySelector('select')?.focus(),
    '?': () => setShowsKeys(true),
    1: () => goTo(first),
    2: () => goTo(second),
    3: () => goTo(third),
  });

  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('title')} />
        <div className="max-sm:order-last max-sm:basis-full sm:me-auto">
          <Shares view={view} shares={shares} />
        </div>
        <div className="flex flex-wrap gap-3">
          <SavedViewsButton view={view} onShow={show} />
          <Button onClick={() => setShowsKeys(true)} className="max-sm:hidden">
            <Keyboard aria-hidden className="size-4" />
            {t('keys.title')}
          </Button>
        </div>
      </div>
      <WorklistFilters ref={filters} view={view} sites={sites} onChange={change} onClear={clear}>
        <SavedViewChoice view={view} onShow={show} />
      </WorklistFilters>
      <Worklist key={addressOf(view).toString()} view={view} sites={sites} onClear={clear} />
      {showsKeys && <ShortcutsDialog onClose={() => setShowsKeys(false)} />}
    </div>
  );
}
