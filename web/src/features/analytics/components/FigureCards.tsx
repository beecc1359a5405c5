import { useTranslation } from 'react-i18next';

import type { Figures, Summary } from '../api';
import { changeOf, shareOf } from '../change';
import { useFigures } from '../hooks/useFigures';
import type { Period } from '../question';

import { FigureCard } from './FigureCard';

interface Props {
  summary: Summary;
  period: Period;
}

interface CardProps {
  now: Figures;
  /** Undefined: there is no period before. */
  before: Figures | undefined;
  period: Period;
}

/** The numbers that everything else explains, each beside that of the period before. */
export function FigureCards({ summary, period }: Props) {
  const props = { now: summary.now, before: summary.before ?? undefined, period };
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-3 xl:grid-cols-6">
      <Studies {...props} />
      <Success {...props} />
      <Images {...props} />
      <Data {...props} />
      <ToVerified {...props} />
      <Reports {...props} />
    </dl>
  );
}

function Studies({ now, before, period }: CardProps) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  return (
    <FigureCard
      name={t('figures.studies')}
      value={format.count(now.uploads)}
      detail={t('figures.underWay', { formatted: format.count(now.under_way) })}
      change={changeOf(now.uploads, before?.uploads)}
      measure="count"
      period={period}
    />
  );
}

function Success({ now, before, period }: CardProps) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  return (
    <FigureCard
      name={t('figures.success')}
      value={now.success_rate === null ? null : format.share(now.success_rate)}
      detail={t('figures.outcomes', {
        completed: format.count(now.completed),
        failed: format.count(now.failed),
      })}
      change={changeOf(now.success_rate, before?.success_rate)}
      measure="rate"
      period={period}
    />
  );
}

function Images({ now, before, period }: CardProps) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  return (
    <FigureCard
      name={t('figures.images')}
      value={format.count(now.instances)}
      change={changeOf(now.instances, before?.instances)}
      measure="count"
      period={period}
    />
  );
}

function Data({ now, before, period }: CardProps) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const share = shareOf(now.bytes_saved, now.bytes);
  return (
    <FigureCard
      name={t('figures.data')}
      value={format.bytes(now.bytes)}
      detail={
        share === null
          ? undefined
          : t('figures.saved', { size: format.bytes(now.bytes_saved), share: format.share(share) })
      }
      change={changeOf(now.bytes, before?.bytes)}
      measure="bytes"
      period={period}
    />
  );
}

function ToVerified({ now, before, period }: CardProps) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  const { p50_seconds: half, p95_seconds: most } = now.to_verified;
  return (
    <FigureCard
      name={t('figures.toVerified')}
      value={half === null ? null : format.duration(half)}
      detail={most === null ? undefined : t('figures.most', { time: format.duration(most) })}
      change={changeOf(half, before?.to_verified.p50_seconds)}
      measure="time"
      period={period}
    />
  );
}

function Reports({ now, before, period }: CardProps) {
  const { t } = useTranslation('analytics');
  const format = useFigures();
  return (
    <FigureCard
      name={t('figures.reports')}
      value={format.count(now.reports_ready)}
      detail={t('figures.open', { formatted: format.count(now.reports_open) })}
      change={changeOf(now.reports_ready, before?.reports_ready)}
      measure="count"
      period={period}
    />
  );
}
