import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Section } from '@/shared/ui/Section';
import { Skeleton } from '@/shared/ui/Skeleton';

import { useCharts } from '../hooks/useCharts';
import type { TableData } from '../tables';

import { DataTable } from './DataTable';
import { Segments } from './Segments';

type View = 'chart' | 'table';
type Charts = NonNullable<ReturnType<typeof useCharts>['charts']>;

/** Below this a table says more than a chart, and nobody on a phone has to load what draws it. */
const ROOMY_PX = 640;

interface Props {
  title: string;
  intro?: string;
  /** What to say where there is nothing to show; undefined where there is something. */
  nothing: string | undefined;
  /** Draw the chart once there is something to draw it with. */
  chart: (charts: Charts) => ReactNode;
  table: TableData;
}

/** A part of the page that is a chart or, just as well, a table. */
export function ChartSection({ title, intro, nothing, chart, table }: Props) {
  const [view, setView] = useState(firstView);
  const hasChoice = nothing === undefined;
  return (
    <Section
      title={title}
      {...(intro !== undefined && { intro })}
      state={hasChoice && <ViewChoice title={title} view={view} onChange={setView} />}
    >
      {hasChoice ? (
        <Shown title={title} view={view} chart={chart} table={table} />
      ) : (
        <p className="text-sm text-muted">{nothing}</p>
      )}
    </Section>
  );
}

interface ViewChoiceProps {
  title: string;
  view: View;
  onChange: (view: View) => void;
}

function ViewChoice({ title, view, onChange }: ViewChoiceProps) {
  const { t } = useTranslation('analytics');
  return (
    <Segments
      legend={t('view.legend', { title })}
      isLegendHidden
      value={view}
      segments={[
        { value: 'chart', name: t('view.chart') },
        { value: 'table', name: t('view.table') },
      ]}
      onChange={onChange}
    />
  );
}

function Shown({
  title,
  view,
  chart,
  table,
}: Pick<Props, 'title' | 'chart' | 'table'> & { view: View }) {
  const { t } = useTranslation('analytics');
  const { charts, isMissing } = useCharts(view === 'chart');
  const isTable = view === 'table' || isMissing;
  if (isTable) {
    return (
      <>
        {view === 'chart' && <p className="text-sm text-muted">{t('view.missing')}</p>}
        <DataTable caption={title} {...table} />
      </>
    );
  }
  return charts ? chart(charts) : <Skeleton className="h-64" />;
}

function firstView(): View {
  return window.innerWidth < ROOMY_PX ? 'table' : 'chart';
}
