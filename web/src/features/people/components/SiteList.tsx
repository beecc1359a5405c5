import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { toasts } from '@/shared/toasts';
import { LiveList } from '@/shared/ui/LiveList';
import { NothingFits } from '@/shared/ui/NothingFits';

import type { Site } from '../api';
import { useSites } from '../hooks/useSites';

import { SiteDialog } from './SiteDialog';
import { SiteTable } from './SiteTable';

interface Props {
  /** A part of the name. */
  text: string;
  /** A new one is being made. */
  isMaking: boolean;
  onMade: () => void;
  onClear: () => void;
}

/** The sites whose names hold a text. Give it the text as its key: it does not change to another. */
export function SiteList({ text, isMaking, onMade, onClear }: Props) {
  const { t } = useTranslation('people');
  const format = useFormat();
  const sites = useSites(text);
  const [renamed, setRenamed] = useState<Site | null>(null);
  const close = () => {
    setRenamed(null);
    onMade();
  };
  const saved = (site: Site) => {
    const { name } = site;
    toasts.show({
      tone: 'positive',
      title: isMaking ? t('sites.made', { name }) : t('sites.renamed', { name }),
    });
    sites.reload();
    close();
  };
  return (
    <>
      <LiveList
        shown={sites}
        found={(count) => t('sites.found', { count, formatted: format.count(count) })}
        isNarrowed={text !== ''}
        nothing={
          <NothingFits
            title={t('sites.nothing')}
            narrowing={[{ name: t('sites.name'), value: text }]}
            clear={t('search.clear')}
            onClear={onClear}
          />
        }
        table={(listing) => (
          <SiteTable listing={listing} busy={sites.more.busy} onRename={setRenamed} />
        )}
      />
      {(isMaking || renamed) && <SiteDialog site={renamed} onSaved={saved} onClose={close} />}
    </>
  );
}
