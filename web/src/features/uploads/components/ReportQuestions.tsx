import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useAttempt } from '@/shared/hooks/useAttempt';
import { AskedQuestion } from '@/shared/reports/AskedQuestion';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';
import { TextArea } from '@/shared/ui/TextArea';

import { answerQuestions, type Report } from '../api';

/** As long as the gateway takes it. */
const MOST_LETTERS = 1000;

interface Props {
  report: Report;
  onChanged: () => void;
}

/** What the radiologist has asked, what came back, and where to answer. */
export function ReportQuestions({ report, onChanged }: Props) {
  const { t } = useTranslation('uploads');
  const isAsked = report.questions.some(({ answered_at: answeredAt }) => answeredAt === null);
  return (
    <div className="flex flex-col gap-3">
      <h3 className="font-semibold">{t('report.questions.title')}</h3>
      <ul className="flex flex-col gap-3">
        {report.questions.map((question) => (
          <li key={question.asked_at} className="flex flex-col gap-1 text-sm">
            <AskedQuestion question={question} />
          </li>
        ))}
      </ul>
      {isAsked && report.is_told_to_caller && <Answer reportId={report.id} onChanged={onChanged} />}
    </div>
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
          to={`/send?report=${reportId}`}
          className="inline-flex min-h-11 items-center text-sm font-medium text-brand underline"
        >
          {t('report.questions.sendImages')}
        </Link>
      </div>
      {Boolean(error) && <ProblemAlert assertive error={error} />}
    </div>
  );
}
