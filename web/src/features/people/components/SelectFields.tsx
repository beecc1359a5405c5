import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';

import { Select } from '@/shared/ui/Select';

import type { SiteName } from '../api';
import { ROLES } from '../people';

type Props = Omit<ComponentProps<typeof Select>, 'label' | 'children'>;

export function RoleSelect(props: Props) {
  const { t } = useTranslation(['people', 'identity']);
  return (
    <Select label={t('field.role')} {...props}>
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {t(`identity:role.${role}`)}
        </option>
      ))}
    </Select>
  );
}

export function SiteSelect({ sites, ...props }: Props & { sites: readonly SiteName[] }) {
  const { t } = useTranslation('people');
  return (
    <Select label={t('field.site')} {...props}>
      {sites.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Select>
  );
}
