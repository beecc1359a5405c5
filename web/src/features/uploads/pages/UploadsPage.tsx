import { useMemo, useReducer, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { PageHeading } from '@/shared/ui/PageHeading';

import { UploadFilters } from '../components/UploadFilters';
import { UploadList } from '../components/UploadList';
import { narrowedBy } from '../filter';
import { useFilter } from '../hooks/useFilter';
import { asksForAll, keyOf } from '../question';

export default function UploadsPage() {
  const { t } = useTranslation('uploads');
  const { filter, change, clear } = useFilter();
  const [words, setWords] = useState('');
  const [cleared, emptySearchBox] = useReducer((count: number) => count + 1, 0);
  const question = useMemo(() => ({ filter, words }), [filter, words]);

  const clearAll = () => {
    if (narrowedBy(filter).length > 0) clear();
    setWords('');
    emptySearchBox();
  };

  return (
    <div className="flex flex-col gap-5">
      <PageHeading title={t('list.title')} />
      <UploadFilters
        key={cleared}
        filter={filter}
        onChange={change}
        onSearch={setWords}
        onClear={asksForAll(question) ? undefined : clearAll}
      />
      <UploadList key={keyOf(question)} question={question} onClear={clearAll} />
    </div>
  );
}
