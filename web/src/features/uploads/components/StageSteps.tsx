import { Circle, CircleCheck, CircleDot, CircleStop, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Progress } from '@/shared/ui/Progress';
import { classes } from '@/shared/ui/classes';

import type { Upload } from '../api';
import { isReadableEarly, STAGES, stageStates, type Stage, type StageState } from '../state';

const icons: Record<StageState, LucideIcon> = {
  done: CircleCheck,
  current: CircleDot,
  waiting: Circle,
  stopped: CircleStop,
};

const colours: Record<StageState, string> = {
  done: 'text-positive',
  current: 'text-active',
  waiting: 'text-muted',
  stopped: 'text-critical',
};

/** The four honest stages: each is "done" only when the gateway has proof of it. */
export function StageSteps({ upload }: { upload: Upload }) {
  const { t } = useTranslation('uploads');
  const states = stageStates(upload);
  const summaries = useSummaries(upload);
  return (
    <ol
      aria-label={t('detail.stages')}
      className="grid gap-px overflow-clip rounded-card border border-line bg-line sm:grid-cols-2 lg:grid-cols-4"
    >
      {STAGES.map((stage) => {
        const state = states[stage];
        const Icon = icons[state];
        return (
          <li
            key={stage}
            aria-current={state === 'current' ? 'step' : undefined}
            className="flex gap-3 bg-surface p-4"
          >
            <Icon aria-hidden className={classes('mt-0.5 size-5 shrink-0', colours[state])} />
            <div className="flex min-w-0 grow flex-col gap-0.5">
              <p className="font-semibold">{t(`detail.stage.${stage}`)}</p>
              <p className={classes('text-sm font-medium', colours[state])}>
                {t(`detail.stageState.${state}`)}
              </p>
              {summaries[stage] && <p className="text-sm text-muted">{summaries[stage]}</p>}
              {stage === 'onTheWay' && state === 'current' && (
                <div className="mt-1.5">
                  <Progress
                    value={upload.uploaded_bytes}
                    max={upload.total_bytes}
                    label={t('list.progress')}
                  />
                </div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** What is known of each stage, in figures; empty while there is nothing to count. */
function useSummaries(upload: Upload): Record<Stage, string> {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const { counts, files, uploaded_bytes: part, total_bytes: whole } = upload;
  return {
    onTheWay: `${t('list.ofBytes', { part: format.bytes(part), whole: format.bytes(whole) })} · ${format.percent(part, whole)}`,
    received:
      part >= whole
        ? t('list.files', { count: files.length, formatted: format.count(files.length) })
        : '',
    checked:
      counts.instances > 0
        ? t('detail.acceptedOf', {
            part: format.count(counts.accepted),
            whole: format.count(counts.instances),
          })
        : '',
    verified: isReadableEarly(upload)
      ? t('list.readableOf', {
          part: format.count(counts.verified),
          whole: format.count(upload.expected_instances),
        })
      : counts.accepted > 0
        ? t('detail.deliveredOf', {
            part: format.count(counts.delivered),
            whole: format.count(counts.accepted),
            verified: format.count(counts.verified),
          })
        : '',
  };
}
