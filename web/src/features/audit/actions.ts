import type { Action } from './api';

export const GROUPS = ['people', 'uploads', 'reports', 'delivery', 'gateway'] as const;
type Group = (typeof GROUPS)[number];

/** What every action is about. One that is missing here fails to compile, and so does one without words. */
const GROUP_OF = {
  'session.opened': 'people',
  'session.refused': 'people',
  'session.ended': 'people',
  'user.created': 'people',
  'user.changed': 'people',
  'users.listed': 'people',
  'password.changed': 'people',
  'password.reset-issued': 'people',
  'second-factor.changed': 'people',
  'invitation.created': 'people',
  'invitation.revoked': 'people',
  'site.created': 'people',
  'site.changed': 'people',
  'upload.opened': 'uploads',
  'upload.viewed': 'uploads',
  'upload.completed': 'uploads',
  'upload.cancelled': 'uploads',
  'upload.expired': 'uploads',
  'upload.decided': 'uploads',
  'upload.settled': 'uploads',
  'upload.contradicted': 'uploads',
  'upload.files-removed': 'uploads',
  'uploads.listed': 'uploads',
  'instances.listed': 'uploads',
  'receipt.downloaded': 'uploads',
  'report.assigned': 'reports',
  'report.found': 'reports',
  'report.viewed': 'reports',
  'report.priors-viewed': 'reports',
  'reports.listed': 'reports',
  'report.claimed': 'reports',
  'report.released': 'reports',
  'report.signed': 'reports',
  'report.data-requested': 'reports',
  'report.data-provided': 'reports',
  'report.acknowledged': 'reports',
  'report.escalated': 'reports',
  'template.shared': 'reports',
  'template.changed': 'reports',
  'template.withdrawn': 'reports',
  'destination.created': 'delivery',
  'destination.changed': 'delivery',
  'destination.removed': 'delivery',
  'destination.tested': 'delivery',
  'delivery.retried': 'delivery',
  'delivery.cancelled': 'delivery',
  'webhook.created': 'delivery',
  'webhook.changed': 'delivery',
  'webhook.removed': 'delivery',
  'webhook.tested': 'delivery',
  'backup.made': 'gateway',
  'keys.changed': 'gateway',
  'service.started': 'gateway',
  'service.stopped': 'gateway',
  'audit.viewed': 'gateway',
  'audit.exported': 'gateway',
} as const satisfies Record<Action, Group>;

export const ACTIONS = Object.keys(GROUP_OF) as Action[];

export function actionsOf(group: Group): Action[] {
  return ACTIONS.filter((action) => GROUP_OF[action] === group);
}

type KeyOf<A> = A extends `${infer Kind}.${infer Deed}` ? `${Kind}_${Deed}` : never;

/** The name of the text that says an action: a dot would lead into a group of texts. */
export function keyOf(action: Action): KeyOf<Action> {
  return action.replace('.', '_') as KeyOf<Action>;
}
