import { Siren, Zap } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { StateLabel } from './StateLabel';

type Level = 'stat' | 'emergency' | 'routine' | 'subspecialty';

/** How urgent the study is; what is urgent stands out. */
export function ServiceLevel({ level }: { level: Level }) {
  const { t } = useTranslation();
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
