import { ArrowDown, ArrowUp, CirclePause, CirclePlay, Send, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Button } from '@/shared/ui/Button';

import {
  cancel,
  changePlaces,
  dismiss,
  neighbour,
  pause,
  resume,
  sendAllTheSame,
  sendNow,
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
          <Act name="cancel" icon={<Trash2 />} do={() => cancel(id)} />
        </Row>
      );
    case 'stopped':
      return (
        <Row>
          {state === 'duplicate' ? (
            <Act name="sendAllTheSame" icon={<Send />} do={() => sendAllTheSame(id)} />
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
          <Act name="cancel" icon={<Trash2 />} do={() => cancel(id)} />
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

/** Whether its bytes are still here, and the gateway did not find all of them unusable. */
function isWorthTrying({ problem, progress }: Consignment): boolean {
  return progress === null && problem?.code !== 'packing-interrupted';
}

function Row({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap gap-1">{children}</div>;
}

interface ActProps {
  name: 'pause' | 'resume' | 'cancel' | 'remove' | 'sendNow' | 'sendAllTheSame' | 'tryAgain';
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
