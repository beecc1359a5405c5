import { Siren, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from '@/shared/ui/StateLabel';

import type { Upload } from '../api';

type Level = NonNullable<Upload['metadata']['service_level']>;

/** How urgent the study is; what is urgent stands out. */
export function ServiceLevel({ level }: { level: Level }) {
  const { t } = useTranslation('uploads');
  const name = t(`serviceLevel.${level}`);
  if (level === 'stat') {
    return (
      <StateLabel tone="critical" icon={Zap}>
        {name}
      </StateLabel>
    );
  }
  if (level === 'emergency') {
    return (
      <StateLabel tone="caution" icon={Siren}>
        {name}
      </StateLabel>
    );
  }
  return <span>{name}</span>;
}
