import { useTranslation } from 'react-i18next';

import { Select } from '@/shared/ui/Select';

import { useSites } from '../hooks/useSites';

interface Props {
  siteId: string | null;
  onChange: (siteId: string | null) => void;
}

/** Which site the numbers are of. */
export function SiteChoice({ siteId, onChange }: Props) {
  const { t } = useTranslation('analytics');
  const { value: sites } = useSites();
  const isListed = sites?.some(({ id }) => id === siteId);
  return (
    <Select
      label={t('filter.site')}
      value={siteId ?? ''}
      onChange={({ target }) => onChange(target.value || null)}
    >
      <option value="">{t('filter.allSites')}</option>
      {siteId !== null && !isListed && <option value={siteId}>{t('filter.chosenSite')}</option>}
      {sites?.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
