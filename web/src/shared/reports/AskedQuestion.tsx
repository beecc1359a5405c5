import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import type { Answer } from '@/shared/api/types';
import { useFormat } from '@/shared/format/useFormat';

export type Question = Answer<'/api/v1/reports/{report_id}', 'get'>['questions'][number];

/** What a radiologist has asked about a study, and what came back. */
export function AskedQuestion({ question }: { question: Question }) {
  const { t } = useTranslation();
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
