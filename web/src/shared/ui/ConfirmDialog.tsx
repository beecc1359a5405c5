import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from './Button';
import { Dialog } from './Dialog';

interface Props {
  title: string;
  /** What happens then, and whether it can be undone. */
  children: ReactNode;
  /** The deed in words: "Cancel the upload", never "OK". */
  action: string;
  /** It destroys something. */
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that is hard to undo. The focus begins at the way back. */
export function ConfirmDialog(props: Props) {
  const { title, children, action, danger = false, busy = false, onConfirm, onCancel } = props;
  const { t } = useTranslation();
  const way = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      alert
      title={title}
      onClose={onCancel}
      initialFocus={way}
      actions={
        <>
          <Button ref={way} onClick={onCancel}>
            {t('back')}
          </Button>
          <Button look={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
