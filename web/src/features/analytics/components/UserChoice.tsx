import { UserSearch, X } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';

import { useUserName } from '../hooks/useUserName';

import { UserDialog } from './UserDialog';

interface Props {
  siteId: string | null;
  userId: string | null;
  onChange: (userId: string | null) => void;
}

/** Whose numbers they are: a region has too many people for a list. */
export function UserChoice({ siteId, userId, onChange }: Props) {
  const { t } = useTranslation('analytics');
  const [isChoosing, setChoosing] = useState(false);
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span id={id} className="text-sm font-semibold">
        {t('filter.user')}
      </span>
      <div className="flex gap-2">
        <Button
          id={`${id}-button`}
          aria-labelledby={`${id} ${id}-button`}
          aria-haspopup="dialog"
          onClick={() => setChoosing(true)}
          className="min-w-0 grow justify-between! px-3! text-base! font-normal!"
        >
          <span className="min-w-0 truncate">
            {userId === null ? t('filter.allUsers') : <UserName key={userId} userId={userId} />}
          </span>
          <UserSearch aria-hidden className="size-4 shrink-0 text-muted" />
        </Button>
        {userId !== null && (
          <Button
            look="quiet"
            aria-label={t('filter.clearUser')}
            onClick={() => onChange(null)}
            className="px-3"
          >
            <X aria-hidden className="size-4" />
          </Button>
        )}
      </div>
      {isChoosing && (
        <UserDialog
          siteId={siteId}
          onChoose={(chosen) => {
            setChoosing(false);
            onChange(chosen);
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </div>
  );
}

function UserName({ userId }: { userId: string }) {
  const { t } = useTranslation('analytics');
  const name = useUserName(userId);
  return name === null ? t('filter.chosenUser') : <bdi>{name}</bdi>;
}
