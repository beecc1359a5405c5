import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { Button } from '@/shared/ui/Button';

import type { SiteName, User } from '../api';
import { profileOf, type Profile, type ProfileField } from '../hooks/useUserForm';
import { roleOf } from '../people';

const FIELDS = [
  ['full_name', 'field.fullName'],
  ['email', 'field.email'],
  ['role', 'field.role'],
  ['site_id', 'field.site'],
] as const;

interface Props {
  mine: Profile;
  /** What is there now. */
  other: User;
  sites: readonly SiteName[];
  busy: boolean;
  onTake: (other: User) => void;
  onOver: (other: User) => void;
}

/** Somebody else has changed the account meanwhile: both are shown, and one of them has to give way. */
export function UserConflict({ mine, other, sites, busy, onTake, onOver }: Props) {
  const { t } = useTranslation(['people', 'identity']);
  const theirs = profileOf(other);
  const shown = (name: ProfileField, value: string) => {
    const role = name === 'role' && roleOf(value);
    if (role) return t(`identity:role.${role}`);
    if (name === 'site_id') return sites.find(({ id }) => id === value)?.name ?? value;
    return value || t('conflict.nothing');
  };
  const differing = FIELDS.filter(([name]) => mine[name].trim() !== theirs[name]);
  return (
    <Alert
      assertive
      tone="caution"
      title={t('conflict.title')}
      action={
        <div className="flex flex-wrap gap-3">
          <Button onClick={() => onTake(other)}>{t('conflict.take')}</Button>
          <Button busy={busy} onClick={() => onOver(other)}>
            {t('conflict.over')}
          </Button>
        </div>
      }
    >
      <p>{t('conflict.detail')}</p>
      <table className="mt-2 w-full max-w-xl table-fixed text-start text-ink">
        <thead>
          <tr>
            {([null, 'conflict.mine', 'conflict.theirs'] as const).map((name) => (
              <th key={name} scope="col" className="py-1 pe-3 text-start font-semibold">
                {name ? t(name) : <span className="sr-only">{t('conflict.field')}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differing.map(([name, label]) => (
            <tr key={name} className="border-t border-line align-top">
              <th scope="row" className="py-1 pe-3 text-start font-normal">
                {t(label)}
              </th>
              {[mine, theirs].map((profile, side) => (
                <td key={side} className="py-1 pe-3 break-words">
                  <bdi>{shown(name, profile[name].trim())}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Alert>
  );
}
