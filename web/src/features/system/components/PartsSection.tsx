import { useTranslation } from 'react-i18next';

import { useFormat } from '@/shared/format/useFormat';
import { Section } from '@/shared/ui/Section';

import type { Part, System } from '../api';
import { clockDifference } from '../concerns';
import { useNames } from '../hooks/useNames';
import { Ago } from './Ago';
import { Facts } from './Facts';

interface Props {
  system: System;
  heardAt: Date;
}

/** Where the gateway keeps everything, and the gateway itself. */
export function PartsSection({ system, heardAt }: Props) {
  return (
    <>
      <GatewayFacts system={system} heardAt={heardAt} />
      <StorageFacts system={system} />
      <DatabaseFacts system={system} />
      <Certificates system={system} />
    </>
  );
}

function GatewayFacts({ system, heardAt }: Props) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const difference = clockDifference(system.at, heardAt);
  const { process } = system;
  return (
    <Section title={t('gateway.title')}>
      <Facts
        facts={[
          { label: t('gateway.version'), value: <bdi>{system.version}</bdi> },
          {
            label: t('gateway.environment'),
            value: t(`gateway.environments.${system.environment}`),
          },
          process && {
            label: t('gateway.started'),
            value: <Ago moment={process.started_at} at={system.at} />,
          },
          process && { label: t('gateway.listeners'), value: format.count(process.listeners) },
          { label: t('gateway.redis'), value: <RedisFact redis={system.redis} /> },
          typeof system.redis?.wakeups === 'number'
            ? { label: t('gateway.wakeups'), value: format.count(system.redis.wakeups) }
            : null,
          { label: t('gateway.clock'), value: format.dateTime(system.at) },
        ].filter((fact) => fact !== null)}
      />
      {difference !== null && (
        <p className="text-sm text-caution">
          {t(difference > 0 ? 'gateway.deviceAhead' : 'gateway.deviceBehind', {
            time: format.duration(Math.abs(difference)),
          })}
        </p>
      )}
    </Section>
  );
}

function RedisFact({ redis }: Pick<System, 'redis'>) {
  const { t } = useTranslation('system');
  const format = useFormat();
  if (redis === null) return t('gateway.noRedis');
  if (!redis.version || !redis.used_bytes) return t('gateway.redisSilent');
  return t('gateway.redisIs', { version: redis.version, size: format.bytes(redis.used_bytes) });
}

function StorageFacts({ system: { storage } }: { system: System }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const size = useSize();
  const room =
    storage.kind === 'bucket'
      ? [{ label: t('storage.kind'), value: t('storage.bucket') }]
      : [
          { label: t('storage.free'), value: size(storage.free_bytes) },
          { label: t('storage.total'), value: size(storage.total_bytes) },
          { label: t('storage.reserve'), value: format.bytes(storage.reserve_bytes) },
        ];
  const sealing =
    storage.sealed_by === null
      ? t('storage.plain')
      : t('storage.sealed', { number: format.count(storage.sealed_by) });
  return (
    <Section title={t('part.storage')}>
      <Facts
        facts={[
          ...room,
          { label: t('storage.files'), value: sealing },
          { label: t('storage.writes'), value: <Took milliseconds={storage.milliseconds} /> },
        ]}
      />
    </Section>
  );
}

const KINDS = { sqlite: 'SQLite', postgresql: 'PostgreSQL' };

function DatabaseFacts({ system: { database, unanswered } }: { system: System }) {
  const { t } = useTranslation('system');
  const size = useSize();
  const silent = new Set<Part>(unanswered.map(({ part }) => part));
  const isKnown = !silent.has('database');
  return (
    <Section title={t('part.database')}>
      <Facts
        facts={[
          {
            label: t('database.kind'),
            value: <bdi>{[KINDS[database.kind], database.version].filter(Boolean).join(' ')}</bdi>,
          },
          isKnown && { label: t('database.revision'), value: <bdi>{database.revision}</bdi> },
          { label: t('database.size'), value: size(database.size_bytes) },
          isKnown && {
            label: t('database.free'),
            value:
              database.free_bytes === null ? t('database.elsewhere') : size(database.free_bytes),
          },
          { label: t('database.reads'), value: <Took milliseconds={database.read_milliseconds} /> },
          {
            label: t('database.writes'),
            value: <Took milliseconds={database.write_milliseconds} />,
          },
        ]}
      />
    </Section>
  );
}

function Certificates({ system: { certificates } }: { system: System }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  const names = useNames();
  if (!certificates || certificates.length === 0) return null;
  return (
    <Section title={t('part.certificates')}>
      <Facts
        facts={certificates.map(({ use, name, ends_at: endsAt }) => ({
          label: names.certificate(use, name),
          value: t('certificate.until', { time: format.dateTime(endsAt) }),
        }))}
      />
    </Section>
  );
}

function Took({ milliseconds }: { milliseconds: number | null }) {
  const { t } = useTranslation('system');
  const format = useFormat();
  return milliseconds === null ? (
    <span className="text-critical">{t('silent')}</span>
  ) : (
    format.elapsed(milliseconds)
  );
}

function useSize(): (bytes: number | null) => string {
  const { t } = useTranslation('system');
  const format = useFormat();
  return (bytes) => (bytes === null ? t('notKnown') : format.bytes(bytes));
}
