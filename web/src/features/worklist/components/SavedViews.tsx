import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Choice } from '@/shared/ui/Choice';

import { useSavedViews } from '../hooks/useSavedViews';
import { addressOf, type View } from '../view';

import { SavedViewsDialog } from './SavedViewsDialog';

interface Props {
  view: View;
  onShow: (address: string) => void;
}

const NONE = '';

/** The filters that the person has saved, to be shown at one choice. */
export function SavedViewChoice({ view, onShow }: Props) {
  const { t } = useTranslation('worklist');
  const { saved } = useSavedViews();
  if (saved.length === 0) return null;
  const address = addressOf(view).toString();
  const current = saved.find((one) => one.address === address);
  return (
    <Choice
      label={t('saved.title')}
      value={current?.name ?? NONE}
      options={[
        { value: NONE, name: t('saved.none') },
        ...saved.map(({ name }) => ({ value: name, name })),
      ]}
      onChange={(name) => {
        const chosen = saved.find((one) => one.name === name);
        if (chosen) onShow(chosen.address);
      }}
    />
  );
}

/** Opens the dialog in which filters are saved, renamed and removed. */
export function SavedViewsButton({ view, onShow }: Props) {
  const { t } = useTranslation('worklist');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Bookmark aria-hidden className="size-4" />
        {t('saved.title')}
      </Button>
      {isOpen && (
        <SavedViewsDialog
          view={view}
          onShow={(address) => {
            setOpen(false);
            onShow(address);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
