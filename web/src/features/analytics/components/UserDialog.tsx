import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Dialog } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { RowsSkeleton } from '@/shared/ui/Skeleton';

import { useUserSearch } from '../hooks/useUserSearch';

interface Props {
  siteId: string | null;
  onChoose: (userId: string) => void;
  onClose: () => void;
}

/** Where a person is looked for and chosen. What is typed stays here. */
export function UserDialog({ siteId, onChoose, onClose }: Props) {
  const { t } = useTranslation('analytics');
  const [words, setWords] = useState('');
  return (
    <Dialog title={t('users.title')} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Field
          label={t('users.search')}
          hint={siteId === null ? t('users.hint') : t('users.hintOfSite')}
          value={words}
          maxLength={100}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setWords(target.value)}
        />
        <Found words={words.trim()} siteId={siteId} onChoose={onChoose} />
      </div>
    </Dialog>
  );
}

interface FoundProps extends Pick<Props, 'siteId' | 'onChoose'> {
  words: string;
}

function Found({ words, siteId, onChoose }: FoundProps) {
  const { t } = useTranslation('analytics');
  const { users, hasMore, error, retry } = useUserSearch(words, siteId);
  if (error) return <ProblemAlert error={error} onRetry={retry} />;
  if (!users) return <RowsSkeleton rows={3} />;
  return (
    <>
      <p role="status" className="text-muted">
        {users.length === 0 && t('users.none')}
        {hasMore && t('users.more')}
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {users.map(({ id, username, full_name: name, role }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => onChoose(id)}
              className="flex min-h-11 w-full flex-wrap items-center justify-between gap-x-4 rounded-control px-2 py-1.5 text-start hover:bg-sunken"
            >
              <span className="min-w-0 break-words">
                <bdi className="font-semibold">{name || username}</bdi>
                {name && (
                  <>
                    {' '}
                    <bdi className="text-muted">{username}</bdi>
                  </>
                )}
              </span>
              <span className="text-muted">{t(`users.role.${role}`)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
