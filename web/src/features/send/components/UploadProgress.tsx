import { ChevronDown, Circle, CircleCheck, CircleDot, CircleStop, ImageOff } from 'lucide-react';
import { createContext, Fragment, use, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { personName } from '@/shared/format/personName';
import { useFormat } from '@/shared/format/useFormat';
import { useObjectUrl } from '@/shared/hooks/useObjectUrl';
import { Progress } from '@/shared/ui/Progress';
import { classes } from '@/shared/ui/classes';

import { useTransfer, type Transfer } from '../hooks/useTransfer';
import { queueState, STAGES, stageStates, type QueueState } from '../outbox/progress';
import type { SenderStatus } from '../outbox/status';
import type { Consignment } from '../outbox/types';

import { QueueStateLabel } from './QueueStateLabel';

/**
 * How far one study has come: `<UploadProgress consignment status>` with any of its parts inside, which share what is
 * known of it.
 */
interface Shown {
  consignment: Consignment;
  state: QueueState;
  transfer: Transfer;
}

const Context = createContext<Shown | null>(null);

/** What is shown; for parts of UploadProgress alone. */
export function useShownUpload(): Shown {
  const shown = use(Context);
  if (!shown) throw new Error('this belongs inside UploadProgress');
  return shown;
}

interface Props {
  consignment: Consignment;
  status: SenderStatus;
  children: ReactNode;
}

export function UploadProgress({ consignment, status, children }: Props) {
  const transfer = useTransfer(consignment, status);
  const state = queueState(consignment, status);
  return <Context value={{ consignment, state, transfer }}>{children}</Context>;
}

/** Who and what it is, and its state in words. */
function Header() {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const { consignment, state } = useShownUpload();
  const { metadata, images, series, size, ordinal, of } = consignment;
  const facts = [
    metadata.modality,
    format.dicomDate(metadata.study_date),
    t('series', { count: series, formatted: format.count(series) }),
    t('images', { count: images, formatted: format.count(images) }),
    format.bytes(size),
    of > 1 && t('partOf', { part: format.count(ordinal), whole: format.count(of) }),
  ];
  return (
    <div className="flex items-start gap-3">
      <Preview image={consignment.preview} />
      <div className="flex min-w-0 grow flex-col gap-1">
        <h3 className="font-semibold break-words">
          <bdi>{personName(metadata.patient_name) || t('nameUnknown')}</bdi>
        </h3>
        <Facts of={facts} />
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
          <QueueStateLabel state={state} />
          <span className="font-medium">{t(`serviceLevel.${metadata.service_level}`)}</span>
        </p>
      </div>
    </div>
  );
}

/** Short facts in a row; each keeps its own direction, so that figures stay beside their words. */
function Facts({ of: facts }: { of: (string | false)[] }) {
  return (
    <p className="text-sm text-muted tabular-nums">
      {facts
        .filter((fact) => fact !== false)
        .map((fact, index) => (
          <Fragment key={index}>
            {index > 0 && ' · '}
            <bdi>{fact}</bdi>
          </Fragment>
        ))}
    </p>
  );
}

function Preview({ image }: { image: Blob | null }) {
  const url = useObjectUrl(image);
  return (
    <div className="grid size-16 shrink-0 place-items-center overflow-clip rounded-control bg-sunken">
      {url ? (
        <img src={url} alt="" className="size-full object-contain" />
      ) : (
        <ImageOff aria-hidden className="size-6 text-muted" />
      )}
    </div>
  );
}

/** Bytes, speed and the time that is left, while it is on the way. */
function Bar() {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const { consignment, state, transfer } = useShownUpload();
  if (consignment.state !== 'queued' && consignment.state !== 'needs-files') return null;
  const { bytes, speed, secondsLeft } = transfer;
  const parts = [
    t('ofBytes', { part: format.bytes(bytes), whole: format.bytes(consignment.size) }),
    format.percent(bytes, consignment.size),
    state === 'sending' && speed !== null && t('speed', { bytes: format.bytes(speed) }),
    state === 'sending' &&
      secondsLeft !== null &&
      t('left', { time: format.duration(secondsLeft) }),
  ];
  return (
    <div className="flex flex-col gap-1">
      <Progress value={bytes} max={consignment.size} label={t('progress')} />
      <Facts of={parts} />
    </div>
  );
}

const stageLooks = {
  done: { icon: CircleCheck, colour: 'text-positive' },
  current: { icon: CircleDot, colour: 'text-active' },
  waiting: { icon: Circle, colour: 'text-muted' },
  stopped: { icon: CircleStop, colour: 'text-critical' },
};

/** The four honest stages. */
function Stages() {
  const { t } = useTranslation('queue');
  const { consignment } = useShownUpload();
  const states = stageStates(consignment);
  return (
    <ol aria-label={t('stages')} className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {STAGES.map((stage) => {
        const { icon: Icon, colour } = stageLooks[states[stage]];
        return (
          <li
            key={stage}
            aria-current={states[stage] === 'current' ? 'step' : undefined}
            className={classes('flex items-center gap-1.5', colour)}
          >
            <Icon aria-hidden className="size-4 shrink-0" />
            {t(`stage.${stage}`)}
            <span className="sr-only">{t(`stageState.${states[stage]}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** How far each file of the upload has come. */
function FileList() {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const { transfer } = useShownUpload();
  return (
    <details className="group text-sm">
      <summary className="inline-flex min-h-9 cursor-pointer items-center gap-1.5 rounded-control font-medium text-brand">
        <ChevronDown aria-hidden className="size-4 transition-transform group-open:rotate-180" />
        {t('files', {
          count: transfer.parts.length,
          formatted: format.count(transfer.parts.length),
        })}
      </summary>
      <ul className="mt-2 flex max-h-80 flex-col gap-2 overflow-y-auto">
        {transfer.parts.map(({ part, bytes }) => (
          <li key={part.ordinal} className="flex flex-col gap-1">
            <p className="flex justify-between gap-4">
              <bdi className="min-w-0 break-all">{part.name}</bdi>
              <span className="shrink-0 text-muted tabular-nums">
                {t('ofBytes', { part: format.bytes(bytes), whole: format.bytes(part.size) })}
              </span>
            </p>
            <Progress value={bytes} max={part.size} label={t('progressOf', { name: part.name })} />
          </li>
        ))}
      </ul>
    </details>
  );
}

UploadProgress.Header = Header;
UploadProgress.Bar = Bar;
UploadProgress.Stages = Stages;
UploadProgress.FileList = FileList;
