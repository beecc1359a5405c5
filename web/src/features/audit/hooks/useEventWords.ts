import { useTranslation } from 'react-i18next';

import { keyOf } from '../actions';
import type { AuditEvent } from '../api';
import { objectKind } from '../objects';
import { roleOf } from '../roles';

const SYSTEM = 'system';

interface EventWords {
  /** What was done. */
  deed: (event: AuditEvent) => string;
  /** Who did it; a name that stands in the trail is shown as it is. */
  actor: (event: AuditEvent) => string;
  /** In which role; empty where it says nothing more. */
  role: (event: AuditEvent) => string;
  /** What kind of thing it was done to. */
  kind: (event: AuditEvent) => string;
}

/** What stands in the trail, in words. */
export function useEventWords(): EventWords {
  const { t } = useTranslation(['audit', 'identity']);
  return {
    deed: ({ action }) => (action ? t(`action.${keyOf(action)}`) : t('unreadable.title')),
    actor: ({ actor_name: name }) => {
      if (name === SYSTEM) return t('actor.system');
      return name || t('actor.nobody');
    },
    role: ({ actor_role: role }) => {
      const known = roleOf(role);
      return known ? t(`identity:role.${known}`) : '';
    },
    kind: ({ object_kind: kind }) => {
      const known = objectKind(kind);
      return known ? t(`object.${known}`) : kind;
    },
  };
}
