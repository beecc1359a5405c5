import { Keyboard, MessageCircleQuestion, PenLine } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { BroughtProof } from '@/shared/singleSignOn';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { Section } from '@/shared/ui/Section';

import { requestData, sign, type Proof, type Report, type ReportText } from '../api';
import { useShortcuts } from '../hooks/useShortcuts';
import { useWriting } from '../hooks/useWriting';
import type { Reading } from '../reading';
import { isBlank } from '../text';
import type { DraftWriter } from '../writer';
import { NotSaved } from '../writing';
import { AskDialog } from './AskDialog';
import { BroughtPdf } from './BroughtPdf';
import { ReportToSign } from './ReportToSign';
import { ShortcutList } from './ShortcutList';
import { SigningDialog, type Signed } from './SigningDialog';
import { Templates } from './Templates';
import { TextFields } from './TextFields';

interface Props {
  reading: Reading;
  report: Report;
  writer: DraftWriter;
  brought: BroughtProof | null;
}

/** What is written, and what becomes of it. */
export function Editor({ reading, report, writer, brought }: Props) {
  const { t } = useTranslation('reading');
  const { text } = useWriting(writer);
  const fields = useRef<HTMLDivElement>(null);
  const [signing, setSigning] = useState<BroughtProof | 'asked' | null>(brought);
  const [isRefused, setRefused] = useState(false);
  const [shown, setShown] = useState<'shortcuts' | 'question' | null>(null);
  const isEmpty = isBlank(text) && !report.draft?.pdf_size;

  const save = () => void writer.save();
  const write = (changes: Partial<ReportText>) => writer.write(changes);
  const openSigning = () => {
    setRefused(isEmpty);
    if (isEmpty) return;
    save();
    setSigning('asked');
  };
  useShortcuts({
    save,
    sign: openSigning,
    goTo: (name) => fields.current?.querySelector<HTMLElement>(`[name=${name}]`)?.focus(),
    help: () => setShown('shortcuts'),
  });

  return (
    <Section
      title={t('write')}
      state={
        <Button look="quiet" onClick={() => setShown('shortcuts')} className="max-lg:hidden">
          <Keyboard aria-hidden className="size-4" />
          {t('shortcut.show')}
        </Button>
      }
    >
      <Templates report={report} text={text} onWrite={write} />
      <div ref={fields}>
        <TextFields text={text} onWrite={write} onBlur={save} />
      </div>
      <BroughtPdf reading={reading} report={report} writer={writer} />
      {isRefused && isEmpty && (
        <Alert tone="caution" assertive title={t('sign.problem.report-empty.title')}>
          <p>{t('sign.problem.report-empty.detail')}</p>
        </Alert>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" onClick={openSigning}>
          <PenLine aria-hidden className="size-4" />
          {t('sign.open')}
        </Button>
        <Button onClick={() => setShown('question')}>
          <MessageCircleQuestion aria-hidden className="size-4" />
          {t('ask.open')}
        </Button>
      </div>
      {signing && (
        <Signing
          {...{ reading, report, writer }}
          brought={signing === 'asked' ? null : signing}
          onClose={() => setSigning(null)}
        />
      )}
      {shown === 'shortcuts' && <ShortcutList onClose={() => setShown(null)} />}
      {shown === 'question' && (
        <AskDialog
          onAsk={(question) => ask({ reading, report, writer }, question)}
          onClose={() => setShown(null)}
        />
      )}
    </Section>
  );
}

interface Deed {
  reading: Reading;
  report: Report;
  writer: DraftWriter;
}

interface SigningProps extends Deed {
  brought: BroughtProof | null;
  onClose: () => void;
}

/** The gateway signs what it has: what is on the screen has to be there first. */
function Signing({ reading, report, writer, brought, onClose }: SigningProps) {
  const { text } = useWriting(writer);
  const onSign = async (kind: Signed, proof: Proof) => {
    if (kind === 'addendum' || !(await writer.save())) throw new NotSaved();
    reading.adopt(await sign(report.id, kind, proof, writer.revision));
    onClose();
  };
  return (
    <SigningDialog
      report={report}
      kind={brought?.proves === 'preliminary' ? 'preliminary' : 'final'}
      brought={brought}
      onSign={onSign}
      onClose={onClose}
    >
      <ReportToSign report={report} text={text} />
    </SigningDialog>
  );
}

/** What is written stays where the next reader finds it. */
async function ask({ reading, report, writer }: Deed, question: string): Promise<void> {
  if (!(await writer.save())) throw new NotSaved();
  reading.handBack(await requestData(report.id, question, writer.revision));
}
