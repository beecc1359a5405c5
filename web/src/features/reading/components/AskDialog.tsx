import { useTranslation } from 'react-i18next';

import { useForm } from '@/shared/hooks/useForm';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { TextArea } from '@/shared/ui/TextArea';

import { NotSaved } from '../writing';

/** As long as the gateway takes it. */
const MOST_LETTERS = 1000;

interface Props {
  onAsk: (text: string) => Promise<void>;
  onClose: () => void;
}

/** Ask those who have sent the study. It leaves the reader until an answer is here. */
export function AskDialog({ onAsk, onClose }: Props) {
  const { t } = useTranslation('reading');
  const { form, field, busy, error } = useForm({
    initial: { text: '' },
    send: ({ text }) => onAsk(text.trim()),
  });
  return (
    <Dialog title={t('ask.title')} onClose={onClose}>
      <form {...form} className="flex flex-col gap-4">
        <p>{t('ask.detail')}</p>
        {Boolean(error) && <AskProblem error={error} />}
        <TextArea
          {...field('text')}
          label={t('ask.question')}
          dir="auto"
          maxLength={MOST_LETTERS}
        />
        <Button type="submit" look="primary" busy={busy}>
          {t('ask.send')}
        </Button>
      </form>
    </Dialog>
  );
}

function AskProblem({ error }: { error: unknown }) {
  const { t } = useTranslation('reading');
  if (!(error instanceof NotSaved)) return <ProblemAlert assertive error={error} />;
  return (
    <Alert tone="critical" assertive title={t('sign.notSavedTitle')}>
      <p>{t('ask.notSaved')}</p>
    </Alert>
  );
}
