import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CirclePause,
  Clock,
  RefreshCw,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Section } from '@/shared/ui/Section';
import { StateLabel } from '@/shared/ui/StateLabel';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import type { Tone } from '@/shared/ui/tone';

import type { Job } from '../api';
import { useNames } from '../hooks/useNames';
import { Ago } from './Ago';
import { LabelledCell } from './LabelledCell';

const COLUMNS = 'lg:grid-cols-[minmax(0,1.6fr)_12rem_minmax(0,1fr)_7rem_7rem_minmax(0,1fr)]';

const LOOKS: Record<Job['standing'], { tone: Tone; icon: LucideIcon }> = {
  never: { tone: 'neutral', icon: CircleDashed },
  running: { tone: 'active', icon: RefreshCw },
  done: { tone: 'positive', icon: CircleCheck },
  failed: { tone: 'critical', icon: CircleAlert },
  stopped: { tone: 'neutral', icon: CirclePause },
};

/** What the gateway does by itself, when it did so last, and when it will do so next. */
export function JobsSection({ jobs, at }: { jobs: Job[]; at: string }) {
  const { t } = useTranslation('system');
  return (
    <Section title={t('jobs.title')} intro={t('jobs.intro')}>
      <Table label={t('jobs.title')} rowCount={jobs.length}>
        <TableHead
          template={COLUMNS}
          columns={[
            t('jobs.name'),
            t('jobs.state'),
            t('jobs.last'),
            t('jobs.took'),
            t('jobs.every'),
            t('jobs.next'),
          ]}
        />
        <div role="rowgroup" className="divide-y divide-line">
          {jobs.map((job, index) => (
            <JobRow key={job.name} job={job} index={index} at={at} />
          ))}
        </div>
      </Table>
    </Section>
  );
}

function JobRow({ job, index, at }: { job: Job; index: number; at: string }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const names = useNames();
  const seconds = job.next_run_at
    ? (new Date(job.next_run_at).getTime() - new Date(at).getTime()) / 1000
    : null;
  return (
    <TableRow template={COLUMNS} index={index}>
      <TableCell className="text-sm font-semibold break-words max-lg:pb-1">
        {names.job(job.name)}
      </TableCell>
      <TableCell className="flex flex-col items-start gap-1 text-sm max-lg:pb-1">
        <Standing job={job} />
      </TableCell>
      <LabelledCell label={t('jobs.last')}>
        {job.started_at && <Ago moment={job.started_at} at={at} />}
      </LabelledCell>
      <LabelledCell label={t('jobs.took')}>
        {job.milliseconds === null ? null : format.elapsed(job.milliseconds)}
      </LabelledCell>
      <LabelledCell label={t('jobs.every')}>
        {format.elapsed(job.interval_seconds * 1000)}
      </LabelledCell>
      <LabelledCell label={t('jobs.next')}>
        {seconds === null ? null : t('jobs.in', { time: format.duration(seconds) })}
      </LabelledCell>
    </TableRow>
  );
}

function Standing({ job }: { job: Job }) {
  const { t } = useTranslation('system');
  const { tone, icon } = LOOKS[job.standing];
  return (
    <>
      <StateLabel tone={tone} icon={icon}>
        {t(`standing.${job.standing}`)}
      </StateLabel>
      {job.is_late && (
        <StateLabel tone="critical" icon={Clock}>
          {t('standing.late')}
        </StateLabel>
      )}
      {job.error && (
        <code dir="ltr" className="text-muted">
          {job.error}
        </code>
      )}
    </>
  );
}
