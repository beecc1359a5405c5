import type { Concern, Job, System } from '@/features/system/api';

export const AT = '2026-01-14T12:00:00Z';

/** Something that needs attention, and nothing more is known of it. */
export function makeConcern(changes: Partial<Concern> & Pick<Concern, 'code'>): Concern {
  return {
    severity: 'urgent',
    name: '',
    subject_id: null,
    service_level: null,
    count: null,
    since: null,
    detail: '',
    ...changes,
  };
}

export function makeJob(changes: Partial<Job> = {}): Job {
  return {
    name: 'wake_due',
    interval_seconds: 5,
    standing: 'done',
    is_late: false,
    running_since: null,
    started_at: '2026-01-14T11:59:58Z',
    ended_at: '2026-01-14T11:59:58Z',
    milliseconds: 12,
    error: '',
    failures: 0,
    failing_since: null,
    succeeded_at: '2026-01-14T11:59:58Z',
    next_run_at: '2026-01-14T12:00:03Z',
    ...changes,
  };
}

const LEVELS = ['stat', 'emergency', 'routine', 'subspecialty'] as const;
const STAGES = ['receiving', 'received', 'validated', 'delivering', 'held'] as const;
const NOTHING = { waiting: 0, oldest: null };

/** A gateway in which nothing waits and everything answers. */
export function makeSystem(changes: Partial<System> = {}): System {
  return {
    at: AT,
    version: '1.2.3',
    environment: 'production',
    concerns: [],
    unanswered: [],
    process: { started_at: '2026-01-12T12:00:00Z', listeners: 7 },
    database: {
      kind: 'postgresql',
      version: '16.2',
      revision: '0024',
      size_bytes: 12_000_000,
      free_bytes: null,
      read_milliseconds: 2,
      write_milliseconds: 3,
      clock_offset_seconds: 0,
    },
    storage: {
      kind: 'folder',
      milliseconds: 4,
      free_bytes: 80_000_000_000,
      total_bytes: 270_000_000_000,
      reserve_bytes: 1_000_000_000,
      is_low: false,
      sealed_by: null,
    },
    redis: null,
    queue: {
      deliveries: LEVELS.map((level) => ({ service_level: level, refused: 0, ...NOTHING })),
      checks: LEVELS.map((level) => ({ service_level: level, ...NOTHING })),
      uploads: STAGES.map((stage) => ({ stage, ...NOTHING })),
      settlements: 0,
      messages: (['email', 'push', 'webhook'] as const).map((channel) => ({ channel, ...NOTHING })),
      parked_webhooks: 0,
    },
    destinations: [
      {
        id: 'pacs',
        name: 'Regional archive',
        kind: 'dicomweb',
        required: true,
        health: 'up',
        failing_since: null,
        last_error: '',
        last_success_at: '2026-01-14T11:58:00Z',
        waiting: 0,
        oldest_waiting: null,
        refused: 0,
      },
    ],
    jobs: [makeJob()],
    certificates: [],
    ...changes,
  };
}
