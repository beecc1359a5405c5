import { Link } from 'react-router';

import type { Body } from '@/shared/api/types';
import { useFormat } from '@/shared/format/useFormat';

import { PatientName } from './PatientName';
import { ServiceLevel } from './ServiceLevel';
import { TableCell } from './Table';

interface Upload {
  upload_id: string;
  metadata: Body<'/api/v1/upload/init', 'post'>['metadata'];
}

/** Patient, study and service level of an upload in a row of a table; the whole row leads to its page. */
export function StudyCells({ upload }: { upload: Upload }) {
  const format = useFormat();
  const { metadata } = upload;
  return (
    <>
      <TableCell className="max-lg:basis-full">
        <Link
          to={`/uploads/${upload.upload_id}`}
          className="line-clamp-2 font-semibold break-words text-ink after:absolute after:inset-0 hover:underline"
        >
          <PatientName name={metadata.patient_name} />
        </Link>
        {metadata.study_description && (
          <p className="truncate text-sm text-muted">
            <bdi>{metadata.study_description}</bdi>
          </p>
        )}
      </TableCell>
      <TableCell className="text-sm">
        <bdi className="font-medium">{metadata.modality}</bdi>
        {' · '}
        <bdi>{format.dicomDate(metadata.study_date)}</bdi>
      </TableCell>
      <TableCell className="text-sm">
        <ServiceLevel level={metadata.service_level} />
      </TableCell>
    </>
  );
}
