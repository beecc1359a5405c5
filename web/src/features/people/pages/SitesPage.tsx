import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';

import { Button } from '@/shared/ui/Button';
import { PageHeading } from '@/shared/ui/PageHeading';
import { SearchField } from '@/shared/ui/SearchField';

import { SiteList } from '../components/SiteList';
import { LIMITS } from '../people';

/** The hospitals and practices that people and studies belong to. */
export default function SitesPage() {
  const { t } = useTranslation('people');
  const [making, setMaking] = useState(false);
  const [address, setAddress] = useSearchParams();
  const text = (address.get('q') ?? '').trim().slice(0, LIMITS.site);
  const search = (words: string) => {
    if (words !== text) setAddress(words ? { q: words } : {}, { replace: true });
  };
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <PageHeading title={t('sites.title')} />
        <Button look="primary" onClick={() => setMaking(true)}>
          <Plus aria-hidden className="size-4" />
          {t('sites.new')}
        </Button>
      </div>
      <p className="max-w-prose text-sm text-muted">{t('sites.intro')}</p>
      <div className="sm:max-w-md">
        <SearchField
          label={t('sites.search')}
          placeholder={t('sites.name')}
          clear={t('search.clear')}
          maxLength={LIMITS.site}
          value={text}
          onSearch={search}
        />
      </div>
      <SiteList
        key={text}
        text={text}
        isMaking={making}
        onMade={() => setMaking(false)}
        onClear={() => setAddress({})}
      />
    </div>
  );
}
