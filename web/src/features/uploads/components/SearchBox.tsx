import { useTranslation } from 'react-i18next';

import { SearchField } from '@/shared/ui/SearchField';

/** As long as the gateway takes it. */
const MOST_LETTERS = 200;

interface Props {
  /** Told once nobody types any more. */
  onSearch: (words: string) => void;
}

/** Where somebody types what a patient's name or identifiers begin with. What is typed stays in the field. */
export function SearchBox({ onSearch }: Props) {
  const { t } = useTranslation('uploads');
  return (
    <SearchField
      label={t('search.label')}
      placeholder={t('search.placeholder')}
      clear={t('search.clear')}
      maxLength={MOST_LETTERS}
      onSearch={onSearch}
    />
  );
}
