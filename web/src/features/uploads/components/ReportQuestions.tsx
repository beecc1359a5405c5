import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { useAttempt } from '@/shared/hooks/useAttempt';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { TextArea } from '@/shared/ui/TextArea';

import { answerQuestions, type Question, type Report } from '../api';
import { useTreats } from '../hooks/useTreats';

/** As long as the gateway takes it. */
const MOST_LETTERS = 1000;

interface Props {
  report: Report;
  onChanged: () => void;
}

/** What the radiologist has asked, what came back, and where to answer. */
export function ReportQuestions({ report, onChanged }: Props) {
  const { t } = useTranslation('uploads');
  const treats = useTreats();
  const isAsked = report.questions.some(({ answered_at: answeredAt }) => answeredAt === null);
  return (
    <div className="flex flex-col gap-3">
      <h3 className="font-semibold">{t('report.questions.title')}</h3>
      <ul className="flex flex-col gap-3">
        {report.questions.map((question) => (
          <li key={question.asked_at} className="flex flex-col gap-1 text-sm">
            <Asked question={question} />
          </li>
        ))}
      </ul>
      {isAsked && treats && <Answer reportId={report.id} onChanged={onChanged} />}
    </div>
  );
}

function Asked({ question }: { question: Question }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { answered_at: answeredAt, answered_by: answeredBy, upload_id: uploadId } = question;
  return (
    <>
      <p dir="auto" className="font-medium break-words whitespace-pre-line">
        {question.text}
      </p>
      <p className="text-muted">
        {t('report.questions.by', {
          name: question.asked_by,
          time: format.dateTime(question.asked_at),
        })}
      </p>
      {question.answer && (
        <p
          dir="auto"
          className="border-s-2 border-line-strong ps-3 break-words whitespace-pre-line"
        >
          {question.answer}
        </p>
      )}
      {uploadId && (
        <Link to={`/uploads/${uploadId}`} className="self-start font-medium text-brand underline">
          {t('report.questions.answeredByUpload')}
        </Link>
      )}
      {answeredAt && (
        <p className="text-muted">
          {t('report.questions.by', { name: answeredBy ?? '–', time: format.dateTime(answeredAt) })}
        </p>
      )}
    </>
  );
}

function Answer({ reportId, onChanged }: { reportId: string; onChanged: () => void }) {
  const { t } = useTranslation('uploads');
  const { busy, error, run } = useAttempt();
  const [text, setText] = useState('');
  const [isMissing, setMissing] = useState(false);
  const send = async () => {
    const answer = text.trim();
    setMissing(answer === '');
    if (answer && (await run(() => answerQuestions(reportId, answer)))) onChanged();
  };
  return (
    <div className="flex flex-col gap-3">
      <TextArea
        label={t('report.questions.answer')}
        hint={t('report.questions.hint')}
        error={isMissing ? t('report.questions.missing') : undefined}
        maxLength={MOST_LETTERS}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Button look="primary" busy={busy} onClick={() => void send()}>
          {t('report.questions.send')}
        </Button>
        <Link
          to="/send"
          className="inline-flex min-h-11 items-center text-sm font-medium text-brand underline"
        >
          {t('report.questions.sendImages')}
        </Link>
      </div>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}
