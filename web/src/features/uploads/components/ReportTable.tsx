import { Siren } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import type { Listing } from '@/shared/listing';
import { PatientName } from '@/shared/ui/PatientName';
import { StateLabel } from '@/shared/ui/StateLabel';
import { Table, TableCell, TableHead, TableRow } from '@/shared/ui/Table';
import { TableRows } from '@/shared/ui/TableRows';
import { classes } from '@/shared/ui/classes';

import type { ReportRow } from '../api';

import { ReportState } from './ReportState';

const TEMPLATE =
  'lg:grid-cols-[minmax(0,2fr)_minmax(0,1.2fr)_minmax(0,1.8fr)_12rem_minmax(0,1.2fr)]';
const COLUMNS = ['patient', 'study', 'state', 'reported', 'reader'] as const;

interface Props {
  listing: Listing<ReportRow>;
  busy: boolean;
}

/** The reports that are loaded, as many as there may be. */
export function ReportTable({ listing, busy }: Props) {
  const { t } = useTranslation('uploads');
  return (
    <Table
      label={t('reports.title')}
      rowCount={listing.nextCursor === null ? listing.items.length : undefined}
      busy={busy}
    >
      <TableHead
        template={TEMPLATE}
        columns={COLUMNS.map((column) => t(`reports.column.${column}`))}
      />
      <TableRows
        items={listing.items}
        row={(report, index) => <Row key={report.id} report={report} index={index} />}
      />
    </Table>
  );
}

/** One report; the whole row leads to its page. What somebody has to act on stands out. */
const Row = memo(function Row({ report, index }: { report: ReportRow; index: number }) {
  const { t } = useTranslation('uploads');
  const format = useFormat();
  const asks = report.critical_since !== null || report.status === 'additional_data_required';
  return (
    <TableRow
      template={TEMPLATE}
      index={index}
      className={classes(
        'flex flex-wrap items-center gap-x-3 gap-y-1.5 border-s-4 ps-3 hover:bg-sunken has-focus-visible:bg-sunken',
        edgeOf(report),
      )}
    >
      <TableCell className="max-lg:basis-full">
        <Link
          to={`/reports/${report.id}`}
          className={classes(
            'line-clamp-2 break-words text-ink after:absolute after:inset-0 hover:underline',
            asks ? 'font-bold' : 'font-semibold',
          )}
        >
          <PatientName name={report.patient_name} />
        </Link>
        {report.study_description && (
          <p className="truncate text-sm text-muted">
            <bdi>{report.study_description}</bdi>
          </p>
        )}
      </TableCell>
      <TableCell className="text-sm">
        <bdi className="font-medium">{report.modality}</bdi>
        {' · '}
        <bdi>{format.dicomDate(report.study_date)}</bdi>
      </TableCell>
      <TableCell className="flex flex-wrap items-center gap-x-3 gap-y-1 max-lg:basis-full">
        {report.is_critical && <Critical isOpen={report.critical_since !== null} />}
        <ReportState status={report.status} />
      </TableCell>
      <TableCell className={report.reported_at ? 'text-sm' : 'text-sm max-lg:hidden'}>
        {report.reported_at ? (
          <>
            <span className="text-muted lg:hidden">{t('reports.column.reported')}: </span>
            <time dateTime={report.reported_at}>{format.dateTime(report.reported_at)}</time>
          </>
        ) : (
          <span className="text-muted">{t('reports.notYet')}</span>
        )}
      </TableCell>
      <TableCell className="text-sm text-muted">
        {report.radiologist !== null && (
          <p className="break-words">
            <span className="lg:hidden">{t('reports.column.reader')}: </span>
            <bdi>{report.radiologist}</bdi>
          </p>
        )}
      </TableCell>
    </TableRow>
  );
});

function Critical({ isOpen }: { isOpen: boolean }) {
  const { t } = useTranslation('uploads');
  return (
    <StateLabel tone={isOpen ? 'critical' : 'neutral'} icon={Siren}>
      {isOpen ? t('report.critical.title') : t('reports.criticalKnown')}
    </StateLabel>
  );
}

function edgeOf({ critical_since: since, status }: ReportRow): string {
  if (since !== null) return 'border-s-critical';
  return status === 'additional_data_required' ? 'border-s-caution' : 'border-s-transparent';
}
