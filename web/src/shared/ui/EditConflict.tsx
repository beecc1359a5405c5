import { Alert } from './Alert';
import { Button } from './Button';

interface Props {
  busy: boolean;
  onTake: () => void;
  onOver: () => void;
  texts: Record<'title' | 'detail' | 'take' | 'over', string>;
}

/** Somebody else has saved meanwhile what is being edited: one of the two has to give way. */
export function EditConflict({ busy, onTake, onOver, texts }: Props) {
  return (
    <Alert
      assertive
      tone="caution"
      title={texts.title}
      action={
        <div className="flex flex-wrap gap-3">
          <Button onClick={onTake}>{texts.take}</Button>
          <Button busy={busy} onClick={onOver}>
            {texts.over}
          </Button>
        </div>
      }
    >
      <p>{texts.detail}</p>
    </Alert>
  );
}
