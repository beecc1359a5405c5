import { FilePlus, PenLine } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useUnloadWarning } from '@/shared/hooks/useUnloadWarning';
import type { BroughtProof } from '@/shared/singleSignOn';
import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';
import { Section } from '@/shared/ui/Section';

import { addAddendum, type Proof, type Report, type ReportText } from '../api';
import { useAddendum, type AddendumText } from '../hooks/useAddendum';
import type { Reading } from '../reading';
import { isBlank, isTooLong } from '../text';
import { SigningDialog, type Signed } from './SigningDialog';
import { TextFields } from './TextFields';
import { WrittenText } from './WrittenText';

interface Props {
  reading: Reading;
  report: Report;
  brought: BroughtProof | null;
}

/** Where something is added to a final report. What is written and not signed is still there next time. */
export function AddendumSection({ reading, report, brought }: Props) {
  const { t } = useTranslation('reading');
  const addendum = useAddendum(report.id);
  const [isOpen, setOpen] = useState(false);
  const { text } = addendum;
  if (!text) return null;
  if (isOpen || !isBlank(text)) {
    return (
      <AddendumForm
        {...{ reading, report, brought, addendum, text }}
        onDone={() => {
          addendum.forget();
          setOpen(false);
        }}
      />
    );
  }
  return (
    <div>
      <Button onClick={() => setOpen(true)}>
        <FilePlus aria-hidden className="size-4" />
        {t('addendum.add')}
      </Button>
    </div>
  );
}

interface FormProps extends Props {
  addendum: AddendumText;
  text: ReportText;
  /** It is signed, or not wanted any more. */
  onDone: () => void;
}

function AddendumForm({ reading, report, brought, addendum, text, onDone }: FormProps) {
  const { t } = useTranslation('reading');
  const [signing, setSigning] = useState<BroughtProof | 'asked' | null>(brought);
  const [asks, setAsks] = useState(false);
  const { isKept, write } = addendum;
  const isBegun = !isBlank(text);
  useUnloadWarning(isBegun && !isKept);
  const onSign = async (_: Signed, proof: Proof) => {
    const signed = await addAddendum(report.id, text, proof, report.revision);
    onDone();
    reading.adopt(signed);
  };
  return (
    <Section title={t('addendum.title')}>
      <p className="text-sm text-muted">
        {isBegun && isKept ? t('addendum.kept') : t('addendum.hint')}
      </p>
      <TextFields text={text} onWrite={write} />
      <div className="flex flex-wrap gap-3">
        <Button
          look="primary"
          disabled={!isBegun || isTooLong(text)}
          onClick={() => setSigning('asked')}
        >
          <PenLine aria-hidden className="size-4" />
          {t('sign.open')}
        </Button>
        <Button onClick={() => (isBegun ? setAsks(true) : onDone())}>
          {t('addendum.discard')}
        </Button>
      </div>
      {asks && <DiscardQuestion onDiscard={onDone} onCancel={() => setAsks(false)} />}
      {signing && isBegun && (
        <SigningDialog
          report={report}
          kind="addendum"
          brought={signing === 'asked' ? null : signing}
          onSign={onSign}
          onClose={() => setSigning(null)}
        >
          <WrittenText text={text} />
        </SigningDialog>
      )}
    </Section>
  );
}

function DiscardQuestion(props: { onDiscard: () => void; onCancel: () => void }) {
  const { t } = useTranslation('reading');
  return (
    <ConfirmDialog
      danger
      title={t('leftover.discardTitle')}
      action={t('addendum.discard')}
      onConfirm={props.onDiscard}
      onCancel={props.onCancel}
    >
      <p>{t('leftover.discardDetail')}</p>
    </ConfirmDialog>
  );
}
