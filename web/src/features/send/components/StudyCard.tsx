import { Send, X } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';

import { personName } from '@/shared/format/personName';
import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';
import { ProblemAlert } from '@/shared/ui/ProblemAlert';

import { usePreview } from '../hooks/usePreview';
import { useSelection } from '../hooks/useSelection';
import { useStudyForm } from '../hooks/useStudyForm';
import type { ScannedStudy } from '../scan/types';
import { UNKNOWN } from '../study/announce';
import { isSendable } from '../study/findings';
import { FindingList } from './FindingList';
import { SkippedList } from './SkippedList';
import { StudyFields } from './StudyFields';
import { StudySummary } from './StudySummary';

/** One study that was found: what it is, what to know about it, the form, and the button that sends it. */
export function StudyCard({ study }: { study: ScannedStudy }) {
  const { t } = useTranslation('pick');
  const title = useId();
  const { scan, busy, remove } = useSelection();
  const preview = usePreview(study);
  const state = useStudyForm(study, preview.picture ?? null);
  const said = state.values.patient_name.trim();
  const name = (said !== UNKNOWN && personName(said)) || t('study.unknownPatient');

  return (
    <article
      aria-labelledby={title}
      className="flex flex-col gap-5 rounded-card border border-line bg-surface p-4 sm:p-5"
    >
      <div className="flex items-start gap-3">
        <StudySummary study={study} state={state} preview={preview} name={name} titleId={title} />
        <Button
          look="quiet"
          aria-label={t('study.removeOf', { name })}
          title={t('study.remove')}
          disabled={busy}
          onClick={() => remove(study.uid)}
          className="-me-2 -mt-2 w-11 shrink-0 px-0"
        >
          <X aria-hidden className="size-5 shrink-0" />
        </Button>
      </div>
      <FindingList
        findings={state.findings.filter(({ code }) => code !== 'missingHistory')}
        fallbacks={state.fallbacks}
      />
      <form {...state.form} className="flex flex-col gap-5">
        <StudyFields state={state} />
        {Boolean(state.error) && <ProblemAlert error={state.error} assertive />}
        {isSendable(study) ? (
          <Button
            type="submit"
            look="primary"
            busy={busy}
            aria-label={t('study.sendOf', { name })}
            className="min-h-12 w-full px-8 sm:w-auto sm:self-end"
          >
            <Send aria-hidden className="size-5 rtl:-scale-x-100" />
            {state.busy ? t('study.sending') : t('study.send')}
          </Button>
        ) : (
          <Alert tone="critical" title={t('study.stopped')} />
        )}
      </form>
      <SkippedList skipped={scan.skipped.filter(({ studyUid }) => studyUid === study.uid)} />
    </article>
  );
}
