import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Field } from '@/shared/ui/Field';

import { useSavedViews } from '../hooks/useSavedViews';
import { LONGEST_NAME } from '../savedViews';
import type { View } from '../view';

import { SavedViewItem } from './SavedViewItem';

interface Props {
  view: View;
  onShow: (address: string) => void;
  onClose: () => void;
}

/** Where what is shown is saved under a name, and what was saved is shown, renamed, made the default, removed. */
export function SavedViewsDialog({ view, onShow, onClose }: Props) {
  const { t } = useTranslation('worklist');
  const views = useSavedViews();
  const { values, field, form, reset } = useForm({
    initial: { name: '' },
    send: ({ name }) => {
      views.save(name.trim(), view);
      reset();
      return Promise.resolve();
    },
  });
  const isTaken = views.saved.some(({ name }) => name === values.name.trim());
  return (
    <Dialog title={t('saved.title')} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <form {...form} className="flex flex-col items-start gap-3">
          <div className="self-stretch">
            <Field
              label={t('saved.name')}
              hint={isTaken ? t('saved.taken') : t('saved.hint')}
              maxLength={LONGEST_NAME}
              autoComplete="off"
              {...field('name')}
            />
          </div>
          <Button type="submit" look="primary">
            {t('saved.save')}
          </Button>
        </form>
        {views.saved.length > 0 && (
          <section className="flex flex-col gap-2">
            <h3 className="font-semibold">{t('saved.own')}</h3>
            <ul className="flex flex-col divide-y divide-line">
              {views.saved.map((saved) => (
                <SavedViewItem
                  key={saved.name}
                  saved={saved}
                  views={views}
                  onShow={() => onShow(saved.address)}
                  onGone={() => form.ref.current?.querySelector('input')?.focus()}
                />
              ))}
            </ul>
          </section>
        )}
      </div>
    </Dialog>
  );
}
