import { ArrowDown, ArrowUp, CirclePause, CirclePlay, Send, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';
import { ConfirmDialog } from '@/shared/ui/ConfirmDialog';

import {
  cancel,
  changePlaces,
  dismiss,
  neighbour,
  pause,
  resume,
  sendAllTheSame,
  sendNow,
  sendUnasked,
  tryAgain,
} from '../outbox/actions';
import type { Consignment } from '../outbox/types';

import { useShownUpload } from './UploadProgress';

/** What can be done about a study in the queue, depending on where it stands. */
export function QueueActions({ all }: { all: Consignment[] }) {
  const { consignment, state } = useShownUpload();
  const { id } = consignment;
  switch (consignment.state) {
    case 'queued':
      return (
        <Row>
          {state === 'data-saver' && <Act name="sendNow" icon={<Send />} do={() => sendNow(id)} />}
          {consignment.isPaused ? (
            <Act name="resume" icon={<CirclePlay />} do={() => resume(id)} />
          ) : (
            <Act name="pause" icon={<CirclePause />} do={() => pause(id)} />
          )}
          <Move way="earlier" all={all} />
          <Move way="later" all={all} />
          <Cancel id={id} />
        </Row>
      );
    case 'stopped':
      return (
        <Row>
          {state === 'duplicate' || isUnasked(consignment) ? (
            <Act
              name="sendAllTheSame"
              icon={<Send />}
              do={() => (isUnasked(consignment) ? sendUnasked(id) : sendAllTheSame(id))}
            />
          ) : (
            isWorthTrying(consignment) && (
              <Act name="tryAgain" icon={<CirclePlay />} do={() => tryAgain(id)} />
            )
          )}
          <Act name="remove" icon={<Trash2 />} do={() => cancel(id)} />
        </Row>
      );
    case 'needs-files':
      return (
        <Row>
          <Cancel id={id} />
        </Row>
      );
    case 'done':
      return (
        <Row>
          <Act name="remove" icon={<Trash2 />} do={() => dismiss(id)} />
        </Row>
      );
    default:
      return null;
  }
}

/** Whether nobody asks any more for what it was meant to answer. */
function isUnasked({ problem }: Consignment): boolean {
  return problem?.code === 'nothing-asked';
}

/** Whether its bytes are still here, and the gateway did not find all of them unusable. */
function isWorthTrying({ problem, progress }: Consignment): boolean {
  return progress === null && problem?.code !== 'packing-interrupted';
}

function Row({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap gap-1">{children}</div>;
}

interface ActProps {
  name: 'pause' | 'resume' | 'remove' | 'sendNow' | 'sendAllTheSame' | 'tryAgain';
  icon: ReactNode;
  do: () => Promise<void>;
}

function Act({ name, icon, do: act }: ActProps) {
  const { t } = useTranslation('queue');
  return (
    <Button look="quiet" className="[&_svg]:size-4" onClick={() => void act()}>
      {icon}
      {t(`action.${name}`)}
    </Button>
  );
}

/** Cancels after asking: what has been sent is lost with it. */
function Cancel({ id }: { id: string }) {
  const { t } = useTranslation('queue');
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button look="quiet" onClick={() => setAsking(true)}>
        <Trash2 aria-hidden className="size-4" />
        {t('action.cancel')}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t('confirmCancel.title')}
          action={t('confirmCancel.action')}
          danger
          onConfirm={() => void cancel(id)}
          onCancel={() => setAsking(false)}
        >
          <p>{t('confirmCancel.detail')}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function Move({ way, all }: { way: 'earlier' | 'later'; all: Consignment[] }) {
  const { t } = useTranslation('queue');
  const { consignment } = useShownUpload();
  const other = neighbour(consignment, all, way);
  const Icon = way === 'earlier' ? ArrowUp : ArrowDown;
  if (!other) return null;
  return (
    <Button look="quiet" onClick={() => void changePlaces(consignment, other)}>
      <Icon aria-hidden className="size-4" />
      {t(`action.${way}`)}
    </Button>
  );
}
