import { Star } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { StateLabel } from '@/shared/ui/StateLabel';

import type { OwnViews } from '../hooks/useSavedViews';
import { LONGEST_NAME, type SavedView } from '../savedViews';

interface Props {
  saved: SavedView;
  views: OwnViews;
  onShow: () => void;
  /** It is no longer where it was: the focus needs another place. */
  onGone: () => void;
}

/** One saved filter, and what can be done with it. */
export function SavedViewItem({ saved, views, onShow, onGone }: Props) {
  const { t } = useTranslation('worklist');
  const [isRenamed, setRenamed] = useState(false);
  const { name, isDefault } = saved;
  if (isRenamed) {
    return (
      <li className="py-3">
        <Renaming
          name={name}
          onRename={(newName) => {
            setRenamed(false);
            onGone();
            views.rename(name, newName);
          }}
          onCancel={() => {
            setRenamed(false);
            onGone();
          }}
        />
      </li>
    );
  }
  const deeds: [action: string, act: () => void][] = [
    [t('saved.show'), onShow],
    [t('saved.rename'), () => setRenamed(true)],
    isDefault
      ? [t('saved.noDefault'), () => views.setDefault(null)]
      : [t('saved.makeDefault'), () => views.setDefault(name)],
    [
      t('saved.remove'),
      () => {
        onGone();
        views.remove(name);
      },
    ],
  ];
  return (
    <li className="flex flex-col gap-1 py-3">
      <p className="flex flex-wrap items-center gap-2">
        <bdi className="min-w-0 font-semibold break-words">{name}</bdi>
        {isDefault && (
          <StateLabel tone="active" icon={Star}>
            {t('saved.isDefault')}
          </StateLabel>
        )}
      </p>
      <div className="-mx-4 flex flex-wrap">
        {deeds.map(([action, act], place) => (
          <Button
            // What the button does may change under the focus.
            key={place}
            look="quiet"
            aria-label={t('withName', { action, name })}
            onClick={act}
          >
            {action}
          </Button>
        ))}
      </div>
    </li>
  );
}

interface RenamingProps {
  name: string;
  onRename: (newName: string) => void;
  onCancel: () => void;
}

function Renaming({ name, onRename, onCancel }: RenamingProps) {
  const { t } = useTranslation(['worklist', 'common']);
  const [text, setText] = useState(name);
  const newName = text.trim();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (newName) onRename(newName);
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col items-start gap-3">
      <div className="self-stretch">
        <Field
          label={t('saved.name')}
          error={newName ? undefined : t('common:required')}
          maxLength={LONGEST_NAME}
          autoComplete="off"
          // eslint-disable-next-line jsx-a11y/no-autofocus -- whoever asks to rename it goes on here
          autoFocus
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary">
          {t('saved.rename')}
        </Button>
        <Button onClick={onCancel}>{t('common:back')}</Button>
      </div>
    </form>
  );
}
