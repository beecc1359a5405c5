import { X } from 'lucide-react';
import {
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  type ReactNode,
  type RefObject,
} from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from './Button';

interface Props {
  title: string;
  /** Asked for by Escape, the close button, or a press beside the dialog. Stop drawing it then. */
  onClose: () => void;
  /** An alert dialog asks for a decision: it has no close button, and a press beside it does nothing. */
  alert?: boolean;
  /** Where the focus goes first; the title where this is not given. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** The buttons at its end. */
  actions?: ReactNode;
  children: ReactNode;
}

/**
 * A modal dialog, open while it is drawn.
 *
 * It is the browser's own: what is behind it is inert, the focus stays in it and goes back to where it was, and nothing
 * of it needs a style that the page's policy forbids (docs/adr/0018-web-app-shell.md).
 */
export function Dialog({ title, onClose, alert = false, initialFocus, actions, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const open = useEffectEvent(() => {
    dialog.current?.showModal();
    (initialFocus ?? heading).current?.focus();
  });

  // Closed before React takes it away: a dialog that is merely removed gives the focus to nobody.
  useLayoutEffect(() => {
    const element = dialog.current;
    open();
    return () => element?.close();
  }, []);

  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- Escape is the key for it
    <dialog
      ref={dialog}
      role={alert ? 'alertdialog' : undefined}
      aria-labelledby={id}
      aria-describedby={alert ? `${id}-text` : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // Browsers close it all the same when Escape is pressed twice.
        if (dialog.current && !dialog.current.open) onClose();
      }}
      onClick={({ target }) => {
        if (target === dialog.current && !alert) onClose();
      }}
      className="m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] max-w-lg overflow-y-auto rounded-card border border-line bg-surface p-0 text-ink shadow-xl backdrop:bg-black/50"
    >
      <div className="flex flex-col gap-4 p-5">
        <div className="flex items-start justify-between gap-3">
          <h2
            id={id}
            ref={heading}
            tabIndex={-1}
            className="min-w-0 py-1.5 text-lg font-semibold break-words outline-none"
          >
            {title}
          </h2>
          {!alert && (
            <Button look="quiet" aria-label={t('close')} onClick={onClose} className="-me-2 px-3">
              <X aria-hidden className="size-5" />
            </Button>
          )}
        </div>
        <div id={`${id}-text`} className="min-w-0 text-sm">
          {children}
        </div>
        {actions && <div className="flex flex-wrap justify-end gap-3">{actions}</div>}
      </div>
    </dialog>
  );
}
