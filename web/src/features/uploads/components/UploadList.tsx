import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { LiveList } from '@/shared/ui/LiveList';

import { useUploads } from '../hooks/useUploads';
import { asksForAll, type Question } from '../question';
import { NoUploads } from './NoUploads';
import { UploadTable } from './UploadTable';

interface Props {
  question: Question;
  onClear: () => void;
}

/** The uploads that answer a question. Give it the question's key as its own: it does not change to another. */
export function UploadList({ question, onClear }: Props) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const uploads = useUploads(question);
  return (
    <LiveList
      shown={uploads}
      found={(count) => t('list.found', { count, formatted: format.count(count) })}
      isNarrowed={!asksForAll(question)}
      nothing={<NoUploads question={question} onClear={onClear} />}
      table={(listing) => <UploadTable listing={listing} busy={uploads.more.busy} />}
    />
  );
}
