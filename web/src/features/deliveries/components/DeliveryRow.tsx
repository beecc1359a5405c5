import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

import { useFormat } from '@/shared/format/useFormat';
import { CauseLabel } from '@/shared/pacs/CauseLabel';
import { knownCause } from '@/shared/pacs/causes';
import { ServiceLevel } from '@/shared/ui/ServiceLevel';
import { TableCell, TableRow } from '@/shared/ui/Table';

import type { Delivery } from '../api';
import { doingOf, shortId } from '../state';

import { DeliveryStateLabel } from './DeliveryStateLabel';
import { NextTry } from './NextTry';

export const TEMPLATE =
  'lg:grid-cols-[minmax(0,1.3fr)_minmax(0,1.2fr)_minmax(0,2fr)_minmax(0,0.9fr)_minmax(0,1.1fr)]';

interface Props {
  delivery: Delivery;
  index: number;
  now: Date;
}

/** One delivery in the list; the whole row leads to it. */
export function DeliveryRow({ delivery, index, now }: Props) {
  const { t } = useTranslation('deliveries');
  const format = useFormat();
  const { id, instances, verified } = delivery;
  return (
    <TableRow template={TEMPLATE} index={index} rowKey={id} className="hover:bg-sunken">
      <TableCell>
        <Link
          to={`/admin/deliveries/${id}`}
          className="font-semibold text-brand underline after:absolute after:inset-0 max-lg:inline-flex max-lg:min-h-11 max-lg:items-center"
        >
          {delivery.upload_id !== null
            ? t('ofUpload', { id: shortId(delivery.upload_id) })
            : t('ofReport', { id: shortId(delivery.report_id ?? id) })}
        </Link>
        <p className="text-sm text-muted">{format.dateTime(delivery.created_at)}</p>
      </TableCell>
      <TableCell>
        <bdi className="break-words">{delivery.destination_name}</bdi>
        <p className="text-sm text-muted">
          <ServiceLevel level={delivery.service_level} />
        </p>
      </TableCell>
      <TableCell className="flex flex-col items-start gap-1 max-lg:mt-2">
        <State delivery={delivery} />
      </TableCell>
      <TableCell className="text-sm">
        {t('verifiedOf', { part: format.count(verified), whole: format.count(instances) })}
      </TableCell>
      <TableCell className="text-sm">
        <NextTry delivery={delivery} now={now} />
      </TableCell>
    </TableRow>
  );
}

function State({ delivery }: { delivery: Delivery }) {
  const cause = knownCause(delivery.last_cause);
  const words = delivery.reasons[0]?.reason || delivery.last_reason;
  return (
    <>
      <span className="flex flex-wrap gap-1.5">
        <DeliveryStateLabel doing={doingOf(delivery)} />
        {cause && <CauseLabel cause={cause} />}
      </span>
      {words && (
        <bdi className="line-clamp-2 text-sm break-words text-muted rtl:text-right">{words}</bdi>
      )}
    </>
  );
}
