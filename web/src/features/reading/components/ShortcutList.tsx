import { useTranslation } from 'react-i18next';

import { Dialog } from '@/shared/ui/Dialog';

import { FIELDS } from '../text';

/** What can be done without leaving the keyboard. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('reading');
  const command = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : t('shortcut.control');
  const list = [
    [`${command} + S`, t('shortcut.save')],
    [`${command} + ${t('shortcut.enter')}`, t('shortcut.sign')],
    ...FIELDS.map((name, index) => [`Alt + ${index + 1}`, t(`field.${name}`)] as const),
    ['?', t('shortcut.help')],
  ] as const;
  return (
    <Dialog title={t('shortcut.title')} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        {list.map(([keys, meaning]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd dir="ltr" className="rounded-md border border-line-strong bg-sunken px-2 py-1">
                {keys}
              </kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
