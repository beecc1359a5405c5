import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { buttonLook } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Facts, type Fact } from '@/shared/ui/Facts';

import type { AuditEvent } from '../api';
import { useEventWords } from '../hooks/useEventWords';
import { pageOf } from '../objects';

import { EventDetails } from './EventDetails';

interface Props {
  event: AuditEvent;
  onClose: () => void;
}

/** Everything that stands in the trail of one event. */
export function EventDialog({ event, onClose }: Props) {
  const { t } = useTranslation('audit');
  const words = useEventWords();
  const facts = useFacts(event);
  return (
    <Dialog title={words.deed(event)} onClose={onClose}>
      <div className="flex flex-col gap-5">
        {!event.is_readable && <p>{t('unreadable.detail')}</p>}
        <Facts facts={facts} />
        <EventDetails details={event.details} />
        <Ways event={event} onLeave={onClose} />
      </div>
    </Dialog>
  );
}

function Ways({ event, onLeave }: { event: AuditEvent; onLeave: () => void }) {
  const { t } = useTranslation('audit');
  const page = pageOf(event.object_kind, event.object_id);
  const only = (name: string, value: string) =>
    `/admin/audit?${new URLSearchParams({ [name]: value }).toString()}`;
  const ways = [
    page && { to: page, text: t('way.open') },
    event.object_id && { to: only('object', event.object_id), text: t('way.object') },
    event.actor_name && { to: only('actor', event.actor_name), text: t('way.actor') },
    event.address && { to: only('address', event.address), text: t('way.address') },
  ].filter((way) => way !== null && way !== '');
  if (ways.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {ways.map(({ to, text }) => (
        <Link key={to} to={to} onClick={onLeave} className={buttonLook('secondary')}>
          {text}
        </Link>
      ))}
    </div>
  );
}

/** What is known of an event; of one that cannot be read, only where it stands. */
function useFacts(event: AuditEvent): Fact[] {
  const { t } = useTranslation('audit');
  const format = useFormat();
  const words = useEventWords();
  const position = { name: t('fact.position'), value: <Code>{String(event.position)}</Code> };
  if (!event.at || !event.outcome) return [position];
  const role = words.role(event);
  return [
    {
      name: t('fact.at'),
      value: (
        <>
          {format.dateTime(event.at)}
          <Code>{event.at}</Code>
        </>
      ),
    },
    { name: t('fact.outcome'), value: t(`outcome.${event.outcome}`) },
    {
      name: t('fact.actor'),
      value: (
        <>
          <bdi>{words.actor(event)}</bdi>
          {role && ` · ${role}`}
        </>
      ),
    },
    { name: t('fact.address'), value: <Code>{event.address || '–'}</Code> },
    ...(event.object_id
      ? [{ name: words.kind(event), value: <Code>{event.object_id}</Code> }]
      : []),
    { name: t('fact.action'), value: <Code>{event.action ?? ''}</Code> },
    position,
    ...(event.trace_id ? [{ name: t('fact.trace'), value: <Code>{event.trace_id}</Code> }] : []),
    { name: t('fact.seal'), value: <Code>{event.seal}</Code> },
  ];
}

function Code({ children }: { children: string }) {
  return (
    <code dir="ltr" className="block break-all select-all rtl:text-right">
      {children}
    </code>
  );
}
