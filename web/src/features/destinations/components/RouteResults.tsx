import { CircleCheck, CircleX } from 'lucide-react';
import { useTranslation } from 'react-i18next';

import { Alert } from '@/shared/ui/Alert';
import { StateLabel } from '@/shared/ui/StateLabel';

import type { RoutedStudy, Site } from '../api';

interface Props {
  found: RoutedStudy;
  sites: readonly Site[];
}

type RouteFound = RoutedStudy['routes'][number];

const CONDITIONS = ['modalities', 'stations', 'service_levels', 'sites'] as const;

/** Where one study would go; of each destination that would not get it, why. */
export function RouteResults({ found, sites }: Props) {
  const { t } = useTranslation('destinations');
  const isLost = !found.routes.some(({ takes }) => takes);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm text-muted">
        {t('try.study', {
          modalities: found.study.modalities.join(', ') || t('try.nothing'),
          stations: found.study.stations.join(', ') || t('try.nothing'),
        })}
      </p>
      {isLost && (
        <Alert tone="caution" title={t('try.nowhere')}>
          <p>{t('try.nowhereDetail')}</p>
        </Alert>
      )}
      <ul className="divide-y divide-line rounded-card border border-line">
        {found.routes.map((route) => (
          <li
            key={route.destination_id ?? 'new'}
            className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 px-4 py-3"
          >
            <div className="flex min-w-0 flex-col gap-1">
              <bdi className="font-semibold break-words">{route.name || t('try.unnamed')}</bdi>
              <Reasons route={route} sites={sites} />
            </div>
            {route.takes ? (
              <StateLabel tone="positive" icon={CircleCheck}>
                {t('try.takes')}
              </StateLabel>
            ) : (
              <StateLabel tone="neutral" icon={CircleX}>
                {t('try.refuses')}
              </StateLabel>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Reasons({ route, sites }: { route: RouteFound; sites: readonly Site[] }) {
  const { t } = useTranslation(['destinations', 'common']);
  const inWords = (condition: string, values: readonly string[]) => {
    const names = values.map((value) => {
      if (condition === 'sites') return sites.find(({ id }) => id === value)?.name ?? value;
      // An older app does not know the levels of a newer gateway.
      return condition === 'service_levels'
        ? t(`common:serviceLevel.${value as 'stat'}`, { defaultValue: value })
        : value;
    });
    return names.join(', ') || t('try.nothing');
  };
  return (
    <ul className="text-sm text-muted">
      {!route.enabled && <li>{t('try.disabled')}</li>}
      {route.refusals.map(({ condition, listed, found }) => (
        <li key={condition}>
          {t('try.wants', {
            condition: conditionName(condition, t),
            listed: inWords(condition, listed),
            found: inWords(condition, found),
          })}
        </li>
      ))}
    </ul>
  );
}

function conditionName(
  condition: string,
  t: (key: `rule.${(typeof CONDITIONS)[number]}`) => string,
) {
  const known = CONDITIONS.find((each) => each === condition);
  return known ? t(`rule.${known}`) : condition;
}
