import { Search } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';

import { idIn } from '../filter';

interface Props {
  about: string | null;
  onFind: (about: string | null) => void;
}

/** Finds what belongs to one upload, report or delivery by its ID, which says nothing about a patient. */
export function IdSearch({ about, onFind }: Props) {
  const { t } = useTranslation('deliveries');
  const [text, setText] = useState(about ?? '');
  const [isWrong, setWrong] = useState(false);
  const find = () => {
    const id = idIn(text);
    setWrong(text.trim() !== '' && id === null);
    if (id !== null || text.trim() === '') onFind(id);
  };
  return (
    <form
      role="search"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        find();
      }}
    >
      <Field
        label={t('filter.about')}
        hint={t('filter.aboutHint')}
        error={isWrong ? t('filter.aboutWrong') : undefined}
        type="search"
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={text}
        onChange={({ target }) => setText(target.value)}
        beside={
          <Button type="submit" aria-label={t('filter.find')}>
            <Search aria-hidden className="size-4" />
          </Button>
        }
      />
    </form>
  );
}
