import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { classes } from '@/shared/ui/classes';
import { softTone } from '@/shared/ui/tone';

import type { FallbackCode } from '../study/announce';
import type { Finding } from '../study/findings';
import { FindingText } from './FindingText';

interface Props {
  findings: Finding[];
  fallbacks?: FallbackCode[];
}

/** What to know before the study is sent. What only warns keeps nobody from sending it. */
export function FindingList({ findings, fallbacks = [] }: Props) {
  const { t } = useTranslation('pick');
  if (findings.length + fallbacks.length === 0) return null;
  return (
    <ul aria-label={t('finding.label')} className="flex flex-col gap-2">
      {findings.map((finding, index) => (
        <Item key={`${finding.code}${index}`} severity={finding.severity}>
          <FindingText finding={finding} />
        </Item>
      ))}
      {fallbacks.map((code) => (
        <Item key={code} severity="warns">
          {t(`fallback.${code}`)}
        </Item>
      ))}
    </ul>
  );
}

function Item({ severity, children }: { severity: Finding['severity']; children: ReactNode }) {
  const stops = severity === 'stops';
  const Icon = stops ? CircleAlert : TriangleAlert;
  return (
    <li
      className={classes(
        'flex items-start gap-2 rounded-control px-3 py-2 text-sm',
        softTone[stops ? 'critical' : 'caution'],
      )}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 break-words">{children}</div>
    </li>
  );
}
